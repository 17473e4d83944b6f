"""Where the base model's files are, and what they are."""

import hashlib
import os
import re
from dataclasses import dataclass
from pathlib import Path

from .failure import Refusal, Stopped

#: What training reads of a model; its ONNX or GGUF forms, if there are any, are not fetched.
PATTERNS = ["*.safetensors", "*.json", "*.jinja", "merges.txt", "vocab.json", "*.model"]
TOKENIZER_PATTERNS = [one for one in PATTERNS if one != "*.safetensors"]


@dataclass(frozen=True)
class BaseFiles:
    """A folder with a model's files; `revision` is the hub's commit, None for a plain folder."""

    name: str
    folder: Path
    revision: "str | None"


def find_base(name, tokenizer_only=False):
    """
    A folder as it is, or `Org/Name[@revision]` from the Hugging Face cache (HF_HOME), downloaded
    where it is not there yet.
    @raise Refusal for a name that is neither; Stopped where the hub gives nothing.
    """
    folder = Path(name)
    if folder.is_dir():
        if not (folder / "config.json").is_file():
            raise Refusal(f"--model-name {name}: the folder has no config.json.")
        return BaseFiles(name, folder, None)
    found = re.fullmatch(r"([\w.-]+/[\w.-]+)(?:@([\w./-]+))?", name)
    if not found:
        raise Refusal(f"--model-name {name}: neither a folder nor Org/Name[@revision].")
    from huggingface_hub import snapshot_download
    from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError

    patterns = TOKENIZER_PATTERNS if tokenizer_only else PATTERNS
    settings = {"revision": found[2], "allow_patterns": patterns}
    try:
        path = Path(snapshot_download(found[1], **settings))
    except (HfHubHTTPError, LocalEntryNotFoundError, OSError) as error:
        raise Stopped(
            f"{name} is not in the Hugging Face cache and can't be downloaded: "
            f"{str(error).splitlines()[0].rstrip('.')}. Check the name, HF_HOME, HF_ENDPOINT and HF_TOKEN, or "
            "name a folder."
        ) from error
    if not tokenizer_only and not any(path.glob("*.safetensors")):
        raise Refusal(f"{name} holds no *.safetensors (looked in {path}).")
    return BaseFiles(name, path, path.name)


def file_digests(base):
    """
    SHA-256 (hex) of the config, tokenizer and weights by file name. Large files of the hub's cache
    bear theirs as a name and are not read again.
    """
    paths = sorted(
        path
        for path in base.folder.iterdir()
        if path.suffix == ".safetensors"
        or path.name in ("config.json", "tokenizer.json", "tokenizer_config.json")
        or path.name == "chat_template.jinja"
    )
    return {path.name: known_digest(path) or sha256_of(path) for path in paths}


def known_digest(path):
    if not path.is_symlink():
        return None
    target = Path(os.readlink(path))
    named = target.parent.name == "blobs" and re.fullmatch(r"[0-9a-f]{64}", target.name)
    return target.name if named else None


def sha256_of(path):
    """SHA-256 of a file, in hex."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def load_encoder(base):
    """The tokenizer with its template, the tokens that end a turn, and a token to pad with."""
    from transformers import AutoTokenizer, GenerationConfig
    from transformers.utils import logging

    from .conversation import ChatEncoder

    # It warns of a fault of Mistral's tokenizers at every local one; that evaluation's own reading
    # gives the same tokens is what train:check-prompts shows.
    verbosity = logging.get_verbosity()
    logging.set_verbosity_error()
    try:
        tokenizer = AutoTokenizer.from_pretrained(str(base.folder), local_files_only=True)
    finally:
        logging.set_verbosity(verbosity)
    ends = {tokenizer.eos_token_id}
    if (base.folder / "generation_config.json").is_file():
        more = GenerationConfig.from_pretrained(str(base.folder), local_files_only=True)
        ids = more.eos_token_id
        ends.update(ids if isinstance(ids, list) else [ids])
    ends.discard(None)
    pad = tokenizer.pad_token_id
    return ChatEncoder(tokenizer, ends), pad if pad is not None else min(ends)
