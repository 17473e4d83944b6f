"""A byte-level BPE tokenizer with Qwen's pre-tokenizer; every known character is a token."""

import json

from tokenizers import (
    AddedToken,
    Regex,
    Tokenizer,
    decoders,
    models,
    normalizers,
    pre_tokenizers,
    trainers,
)

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL = [END_OF_TEXT, TURN_START, TURN_END]

QWEN_WORDS = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}"
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+"
)

CHAT_TEMPLATE = (
    "{% for message in messages %}"
    "{{ '<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n' }}"
    "{% endfor %}"
    "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}"
)


def _byte_letters():
    """The printable letter that byte-level BPE writes for each byte (GPT-2's table)."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = {byte: chr(byte) for byte in printable}
    for byte in range(256):
        if byte not in letters:
            letters[byte] = chr(256 + len(letters) - len(printable))
    return letters


def train_tokenizer(pieces, size):
    """
    Learns merges from lists of pieces; no token reaches across the edge of a piece.

    The merges are learnt on characters. The bytes of a character are merged before anything else,
    so that the first bytes of a character can't stick to the character before it.
    """
    letters = _byte_letters()
    spell = lambda text: "".join(letters[byte] for byte in text.encode())

    texts = [text for line in pieces for text in line]
    characters = sorted({char for text in texts for char in text})
    vocabulary = {token: i for i, token in enumerate([*SPECIAL, *sorted(letters.values())])}
    merges = []

    def merge(left, right):
        if left + right not in vocabulary:
            vocabulary[left + right] = len(vocabulary)
            merges.append((left, right))

    for char in characters:
        spelt = spell(char)
        for end in range(2, len(spelt) + 1):
            merge(spelt[: end - 1], spelt[end - 1])

    learner = Tokenizer(models.BPE())
    learner.pre_tokenizer = pre_tokenizers.Split(Regex(QWEN_WORDS), "isolated")
    room = size - len(vocabulary)
    trainer = trainers.BpeTrainer(vocab_size=len(characters) + room, show_progress=False)
    learner.train_from_iterator(texts, trainer=trainer)
    for left, right in json.loads(learner.to_str())["model"]["merges"]:
        merge(spell(left), spell(right))

    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.normalizer = normalizers.NFC()
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(QWEN_WORDS), "isolated"),
        pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in SPECIAL])
    return tokenizer


def tokenizer_config(positions):
    """The content of tokenizer_config.json."""
    return {
        "tokenizer_class": "Qwen2Tokenizer",
        "added_tokens_decoder": {
            str(i): {
                "content": token,
                "lstrip": False,
                "normalized": False,
                "rstrip": False,
                "single_word": False,
                "special": True,
            }
            for i, token in enumerate(SPECIAL)
        },
        "add_prefix_space": False,
        "bos_token": None,
        "chat_template": CHAT_TEMPLATE,
        "clean_up_tokenization_spaces": False,
        "eos_token": TURN_END,
        "model_max_length": positions,
        "pad_token": END_OF_TEXT,
        "unk_token": None,
    }
