#!/bin/sh
# houqa (法QA) in one file. Unpacks itself once into $HOUQA_HOME, or ~/.cache/houqa, and runs from
# there. Needs Linux with glibc 2.28 or newer, a POSIX shell, tar, gzip, tail, and sha256sum.
#   sh houqa.run --help
#   sh houqa.run --allow-write=/data export … --output /data/model    (more rights for this call)
set -eu

folder_name=@FOLDER@
archive_start='@START@'
sums='@SUMS@'
files='@FILES@'
all_bytes=@BYTES@
newline='
'
error=

fail() {
  printf 'houqa.run: %s\n' "$1" >&2
  exit "${2:-3}"
}

first_line() {
  printf '%s' "${1%%"$newline"*}"
}

# What a program said of its failure in $error, without names: "mkdir: …: Permission denied".
reason() {
  error=$(first_line "$error")
  printf '%s' "${error##*: }"
}

machine=$(uname -sm)
[ "$machine" = 'Linux @MACHINE@' ] ||
  fail "this one is made for Linux @MACHINE@, not for $machine: take the sources there." 2
[ . -ef "${PWD-}" ] 2>/dev/null || env pwd >/dev/null 2>&1 ||
  fail "the current folder is gone: change to one that is there." 2

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
    [ -d "$part" ] && ! kill -0 "${part##*-}" 2>/dev/null && rm -rf "$part" 2>/dev/null || :
  done
  find "$home" ! -path "$home" -prune -name '.unpack-*' -mtime +0 -exec rm -rf {} + 2>/dev/null || :
}

# usage: check_sums FOLDER; prints how each file compares with what was packed.
check_sums() {
  printf '%s\n' "$sums" | (
    cd "$1"
    export LC_ALL=C
    if command -v sha256sum >/dev/null; then sha256sum -c -; else shasum -a 256 -c -; fi
  ) 2>/dev/null
}

# Everything goes into a folder of this process's own, $part, and is checked there.
unpack() {
  error=$(mkdir -p "$home" 2>&1) ||
    fail "can't make $home ($(reason)): set HOUQA_HOME to a folder that can be written."
  tidy
  part=$home/.unpack-$(uname -n)-$$
  trap 'rm -rf "$part" 2>/dev/null || :' EXIT
  trap 'exit 129' HUP
  trap 'exit 130' INT
  trap 'exit 143' TERM
  rm -rf "$part" 2>/dev/null || :
  error=$(mkdir "$part" 2>&1) ||
    fail "can't write in $home ($(reason)): set HOUQA_HOME to a folder that can be written."
  error=$({ tail -c "+$((archive_start))" "$self" | gzip -dc | (cd "$part" && tar -xf -); } 2>&1) ||
    fail "could not be unpacked into $home ($(reason)): is the disk full, or the download \
incomplete?"
  check_sums "$part" >/dev/null && printf '%s\n' "$sums" 2>/dev/null >"$part/SHA256SUMS" ||
    fail "what was unpacked is not what was packed: is the disk full, or the download incomplete?"
  error=$(DENO_DIR=$part/deno_dir "$part/deno" --version 2>&1) ||
    fail "$home does not let programs run (noexec?), or glibc is too old: set HOUQA_HOME. \
($(reason))"
  # A machine that loses its power must not keep a name without what is behind it.
  (cd "$part" && sync $files) 2>/dev/null || :
}

# The folder gets its name at once: several can unpack at the same time, and whoever is killed leaves
# nothing that counts.
set_up() {
  unpack
  # The kernel's own rename: mv would move into a folder that somebody else has just finished.
  DENO_DIR=$part/deno_dir DENO_NO_UPDATE_CHECK=1 "$part/deno" eval --no-config --quiet \
    'Deno.renameSync(Deno.args[0], Deno.args[1])' "$part" "$folder" 2>/dev/null || :
  clean_up
  [ -d "$folder" ] || fail "can't make $folder."
}

clean_up() {
  rm -rf "$part" 2>/dev/null || :
  trap - EXIT HUP INT TERM
}

unreadable() {
  fail "$folder can't be read by this user: set HOUQA_HOME to a folder of your own, or let its owner \
allow it (chmod -R go+rX)."
}

# A cut library would end the program without a word, a missing one leave it many times slower. One
# process looks at all sizes.
is_whole() {
  [ -x "$folder/deno" ] || return 1
  found=$(cd "$folder" && wc -c $files 2>/dev/null) || return 1
  found=${found##*"$newline"}
  found=${found#"${found%%[0-9]*}"}
  [ "${found%%[!0-9]*}" = "$all_bytes" ]
}

# Puts each file that is not as it was packed in its place again, at once and by its name: others that
# run from the folder, or do the same, never see it missing, and what they have opened stays theirs.
mend() {
  damaged=$(check_sums "$folder" | sed -n 's/: FAILED.*//p')
  for file in $damaged; do
    inside=$folder/${file%"${file##*/}"}
    [ ! -d "$inside" ] || [ -x "$inside" ] || unreadable
    [ ! -e "$folder/$file" ] || [ -r "$folder/$file" ] || unreadable
  done
  [ -x "$folder/deno" ] || [ ! -f "$folder/deno" ] || damaged="deno$newline$damaged"
  [ -n "$damaged" ] || fail "$folder is damaged: delete that folder."
  printf 'houqa.run: %s is damaged (%s): unpacking again\n' "$folder" "$(first_line "$damaged")" >&2
  unpack
  for file in $damaged; do
    case $file in */*) error=$(mkdir -p "$folder/${file%/*}" 2>&1) || break ;; esac
    error=$(mv -f "$part/$file" "$folder/$file" 2>&1) || break
  done
  clean_up
  is_whole || fail "$folder is damaged ($(first_line "$damaged")) and can't be mended \
($(reason)): delete that folder, or set HOUQA_HOME to another."
}

if [ -d "$folder" ]; then
  [ -r "$folder" ] && [ -x "$folder" ] || unreadable
elif [ -e "$folder" ] || [ -L "$folder" ]; then
  fail "$folder is no folder: delete it, or set HOUQA_HOME to another folder."
else
  printf 'houqa.run: unpacking into %s (once)\n' "$folder" >&2
  set_up
fi
is_whole || mend

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
# No list can hold a comma; houqa says so where it needs such a folder.
case $houqa_cache in *,*) houqa_cache= ;; esac
case $hub_cache in *,*) hub_cache= ;; esac
cuda_runtime=${houqa_cache:+$houqa_cache/runtime}
[ ! -d "$cuda_runtime" ] || cuda_runtime=$(cd "$cuda_runtime" && pwd -P)

run_deno() {
  DENO_DIR=$folder/deno_dir DENO_NO_UPDATE_CHECK=1 "$folder/deno" run --quiet --no-prompt \
    --no-config --no-lock --no-npm --no-remote --cached-only --no-check "$@"
}

# usage: is_taken RIGHT; whether Deno understands it. Else $error says why not.
is_taken() {
  error=$(NO_COLOR=1 run_deno "$1" data:application/javascript, 2>&1) && return
  error=$(first_line "${error#error: }")
  return 1
}

# Rights that the user adds for this call stand before the command.
count=0
command=
for word in "$@"; do
  case $word in
    --allow-*)
      kind=${word#--allow-}
      case ${kind%%=*} in
        read | write | net | env | sys | ffi)
          case $word:,${word#*=}, in
            *=*:*,,*)
              fail "$word has an empty place in its list; without = it allows everything." 2
              ;;
          esac
          is_taken "$word" || fail "$word is not taken: $error." 2
          count=$((count + 1))
          ;;
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

# usage: address_of TEXT PORT; prints ,host:port of an address as OLLAMA_HOST and the like hold it,
# PORT standing for one that is not named; nothing for what is none: houqa says what is wrong with it.
address_of() {
  host=$1 port=$2
  host=${host#"${host%%[![:space:]]*}"}
  host=${host%"${host##*[![:space:]]}"}
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
  case $host:$port in
    *[!][A-Za-z0-9.:_-]*) return ;;
    [A-Za-z]*:*[!0-9]* | *[!A-Za-z0-9]:* | *:??????* | *: | *[._-][._-]* | [!A-Za-z]*)
      is_taken "--allow-net=$host:$port" || return 0
      ;;
    *) [ "$port" -le 65535 ] && [ "${#host}" -lt 64 ] || return 0 ;;
  esac
  printf ',%s:%s' "$host" "$port"
}

# Servers that the user's own variables, or .env, name, of those variables that the command reads.
if [ -n "$allow_net" ] && [ "$allow_net" != all ]; then
  case ,$allow_env, in
    *,OLLAMA_HOST,*)
      value_of OLLAMA_HOST
      [ -z "$value" ] || allow_net=$allow_net$(address_of "$value" 11434)
      ;;
  esac
  rest=$allow_env,
  while [ -n "$rest" ]; do
    name=${rest%%,*} rest=${rest#*,}
    value_of "$name"
    case $name:$value in
      OLLAMA_HOST:*) ;;
      *:http://* | *:https://*) allow_net=$allow_net$(address_of "$value" 80) ;;
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
