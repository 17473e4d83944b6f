#!/bin/sh
# houqa (法QA) in one file. Unpacks itself once into $HOUQA_HOME, or ~/.cache/houqa, and runs from
# there. Needs Linux with glibc 2.28 or newer, a POSIX shell, tar, gzip, tail, and sha256sum.
#   sh houqa.run --help
#   sh houqa.run --allow-write=/data export … --output /data/model    (more rights for this call)
set -eu

folder_name=@FOLDER@
archive_start='@START@'
sums='@SUMS@'

fail() {
  printf 'houqa.run: %s\n' "$1" >&2
  exit "${2:-3}"
}

self=$0
[ -f "$self" ] || fail "can't find its own file ($self): start it by its path." 2
if [ -n "${HOUQA_HOME-}" ]; then
  home=$HOUQA_HOME
elif [ -n "${HOME-}" ]; then
  home=$HOME/.cache/houqa
else
  fail "neither HOME nor HOUQA_HOME is set: set HOUQA_HOME to a folder to unpack into." 2
fi
case $home in
  /*) ;;
  *) home=$PWD/$home ;;
esac
folder=$home/$folder_name

# Leftovers of starts that were killed: those of this machine whose process is gone, and those of
# others (a home that several containers share) after a day.
tidy() {
  for part in "$home/.unpack-$(uname -n)-"*; do
    [ -d "$part" ] && ! kill -0 "${part##*-}" 2>/dev/null && rm -rf "$part"
  done
  find "$home" ! -path "$home" -prune -name '.unpack-*' -mtime +0 -exec rm -rf {} + 2>/dev/null
  return 0
}

check_sums() {
  if command -v sha256sum >/dev/null; then
    sha256sum -c SHA256SUMS
  else
    shasum -a 256 -c SHA256SUMS
  fi >/dev/null 2>&1
}

# Everything goes into a folder of this process's own, is checked there, and gets its name at once:
# several can unpack at the same time, and whoever is killed leaves nothing that counts.
unpack() {
  mkdir -p "$home" || fail "can't make $home: set HOUQA_HOME to a folder that can be written."
  tidy
  part=$home/.unpack-$(uname -n)-$$
  trap 'rm -rf "$part"' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  rm -rf "$part"
  mkdir "$part" || fail "can't write in $home: set HOUQA_HOME to a folder that can be written."
  printf 'houqa.run: unpacking into %s (once)\n' "$folder" >&2
  tail -c "+$((archive_start))" "$self" | gzip -dc | (cd "$part" && tar -xf -) ||
    fail "could not be unpacked into $home: is the disk full, or the download incomplete?"
  printf '%s\n' "$sums" >"$part/SHA256SUMS"
  (cd "$part" && check_sums) ||
    fail "what was unpacked is not what was packed: is the disk full, or the download incomplete?"
  DENO_DIR=$part/deno_dir "$part/deno" --version >/dev/null ||
    fail "$home does not let programs run (noexec?), or glibc is too old: set HOUQA_HOME."
  # The kernel's own rename: mv would move into a folder that somebody else has just finished.
  DENO_DIR=$part/deno_dir DENO_NO_UPDATE_CHECK=1 "$part/deno" eval --no-config --quiet \
    'Deno.renameSync(Deno.args[0], Deno.args[1])' "$part" "$folder" 2>/dev/null || :
  rm -rf "$part"
  [ -d "$folder" ] || fail "can't make $folder."
  trap - EXIT HUP INT TERM
}

[ -d "$folder" ] || unpack
# Without its libraries houqa would go on in WebAssembly, many times slower.
for file in @FILES@; do
  [ -f "$folder/$file" ] || fail "$folder is damaged ($file is missing): delete that folder."
done

# The program's own name, without links: by that it asks for its libraries.
folder=$(cd "$folder" && pwd -P)

# usage: value_of NAME; puts into $value what a variable holds: the environment's value, else that of
# .env, which houqa reads by the same rule.
dotenv=
[ ! -f .env ] || dotenv=$(cat .env 2>/dev/null) || :
value_of() {
  eval "value=\${$1-}"
  [ -z "$value" ] || return 0
  case $dotenv in
    *"$1"*) ;;
    *) return 0 ;;
  esac
  value=$(printf '%s\n' "$dotenv" | tr -d '\r' |
    sed -n "s/^[^[:alnum:]_#]*\\(export[[:space:]]\\{1,\\}\\)\\{0,1\\}$1[[:space:]]*=[[:space:]]*//p" |
    tail -n 1)
  case $value in
    \'*) value=${value#\'} value=${value%%\'*} ;;
    \"*) value=${value#\"} value=${value%%\"*} ;;
    *) value=$(printf '%s' "${value%%#*}" | sed 's/[[:space:]]*$//') ;;
  esac
}

value_of XDG_CACHE_HOME && cache=${value:-${HOME:+$HOME/.cache}}
value_of HOUQA_CACHE && houqa_cache=${value:-${cache:+$cache/houqa}}
value_of HF_HOME && hub_home=${value:-${cache:+$cache/huggingface}}
value_of HF_HUB_CACHE && hub_cache=${value:-$hub_home}
case $houqa_cache in '~/'*) houqa_cache=${HOME-}/${houqa_cache#??} ;; esac
case $hub_cache in '~/'*) hub_cache=${HOME-}/${hub_cache#??} ;; esac
cuda_runtime=${houqa_cache:+$houqa_cache/runtime}
[ ! -d "$cuda_runtime" ] || cuda_runtime=$(cd "$cuda_runtime" && pwd -P)

# Rights that the user adds for this call stand before the command.
count=0
command=
for word in "$@"; do
  case $word in
    --allow-*)
      kind=${word#--allow-}
      case ${kind%%=*} in
        read | write | net | env | sys | ffi) count=$((count + 1)) ;;
        *)
          fail "$word is not taken in front of the command; --allow-read, --allow-write, --allow-net, \
--allow-env, --allow-sys and --allow-ffi are, each with =LIST or for everything." 2
          ;;
      esac
      ;;
    *)
      command=$word
      break
      ;;
  esac
done

allow_read='' allow_write='' allow_net='' allow_env='' allow_sys='' allow_ffi='' ignore_env=''
case $command in
@PERMISSIONS@
esac

# Turns the arguments round once: the program's own file goes between those rights and the command,
# with this script's path, which it names where it says how to call it.
# A list beside "everything" would narrow it, so either stands alone.
total=$#
at=0
while [ "$at" -lt "$total" ]; do
  [ "$at" -ne "$count" ] || set -- "$@" "$folder/bundle/houqa.js" "--houqa-run=$self"
  keep=yes
  if [ "$at" -lt "$count" ]; then
    kind=${1#--allow-}
    kind=${kind%%=*}
    case $kind in
      read | write | net | env | sys | ffi)
        eval "list=\$allow_$kind"
        [ "$1" = "--allow-$kind" ] && list=all && eval "allow_$kind=all"
        [ "$list" != all ] || keep=no
        ;;
    esac
  fi
  [ "$keep" = no ] || set -- "$@" "$1"
  shift
  at=$((at + 1))
done
[ "$total" -gt "$count" ] || set -- "$@" "$folder/bundle/houqa.js" "--houqa-run=$self"

# usage: address_of TEXT PORT; prints host:port of an address as OLLAMA_HOST and the like hold it,
# PORT standing for one that is not named.
address_of() {
  host=$1 port=$2
  case $host in
    \"*\") host=${host#?} host=${host%?} ;;
    \'*\') host=${host#?} host=${host%?} ;;
  esac
  case $host in
    ollama.com) port=443 ;;
    http://*) host=${host#*://} port=80 ;;
    https://*) host=${host#*://} port=443 ;;
  esac
  host=${host%%/*}
  host=${host##*@}
  case $host in
    *']') ;;
    '['*) port=${host##*:} host=${host%:*} ;;
    *:*:*) host="[$host]" ;;
    *:*) port=${host##*:} host=${host%:*} ;;
  esac
  case $host in
    '' | 0.0.0.0) host=127.0.0.1 ;;
    '[::]') host='[::1]' ;;
  esac
  printf '%s:%s' "$host" "$port"
}

# Servers that the user's own variables, or .env, name, of those variables that the command reads.
if [ -n "$allow_net" ] && [ "$allow_net" != all ]; then
  case ,$allow_env, in
    *,OLLAMA_HOST,*)
      value_of OLLAMA_HOST
      [ -z "$value" ] || allow_net=$allow_net,$(address_of "$value" 11434)
      ;;
  esac
  rest=$allow_env,
  while [ -n "$rest" ]; do
    name=${rest%%,*} rest=${rest#*,}
    value_of "$name"
    case $name:$value in
      OLLAMA_HOST:*) ;;
      *:http://* | *:https://*) allow_net=$allow_net,$(address_of "$value" 80) ;;
    esac
  done
fi

[ -z "$ignore_env" ] || set -- --ignore-env "$@"
for kind in ffi sys env net write read; do
  eval "list=\$allow_$kind"
  case $list in
    ,* | *,,* | *,) list=$(printf '%s' "$list" | sed 's/,,*/,/g; s/^,//; s/,$//') ;;
  esac
  case $list in
    '') ;;
    all) set -- "--allow-$kind" "$@" ;;
    *) set -- "--allow-$kind=$list" "$@" ;;
  esac
done

export DENO_DIR="$folder/deno_dir" DENO_NO_UPDATE_CHECK=1
exec "$folder/deno" run --quiet --no-prompt --no-config --no-lock --no-npm --no-remote \
  --cached-only --no-check "$@"
# The archive follows.
