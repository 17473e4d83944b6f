"""Training and dev records: chat messages whose last turn, the assistant's, ends in a letter."""

import json
import re
from collections import Counter
from dataclasses import dataclass

from .failure import Refusal

LETTERS = "abcd"
#: A turn is the bare letter, or its last line is "Answer: " and the letter.
ANSWER = re.compile(r"(?:\A|(?:\A|\n)Answer: )([a-d])\Z")
ROLES = ("system", "user", "assistant")


@dataclass(frozen=True)
class Record:
    """
    One conversation. `line` counts from 1; `answer` is the letter that the last turn gives;
    `articles` holds pairs of key and name, as houqa dataset finetune writes them.
    """

    path: str
    line: int
    id: str
    messages: tuple
    answer: str
    articles: tuple = ()

    @property
    def place(self):
        """How messages name the record."""
        return f"{self.path}, line {self.line}" + (f" (id {self.id})" if self.id else "")

    @property
    def is_direct(self):
        """Whether the assistant's turn is the letter alone."""
        return self.messages[-1]["content"] == self.answer


def read_records(path):
    """
    The records of a JSONL file in order; empty lines are skipped.
    @raise Refusal with the line number and what is wrong there.
    """
    records = []
    # Editors on Windows put a byte order mark before the first line.
    with open(path, encoding="utf-8-sig") as file:
        try:
            for line, text in enumerate(file, 1):
                if text.strip():
                    records.append(read_record(path, line, text))
        except UnicodeDecodeError as error:
            raise Refusal(f"{path} is not UTF-8: {error}.") from error
    if not records:
        raise Refusal(f"{path} holds no record. houqa dataset finetune writes such a file.")
    return records


def read_record(path, line, text):
    def refuse(problem):
        raise Refusal(f"{path}, line {line}: {problem}")

    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        refuse(f"not JSON: {error}.")
    messages = value.get("messages") if isinstance(value, dict) else None
    if not isinstance(messages, list) or not messages:
        refuse('no "messages": each line is {"messages": [{"role": ..., "content": ...}, ...]}.')
    for i, message in enumerate(messages, 1):
        if not isinstance(message, dict) or message.get("role") not in ROLES:
            refuse(f"message {i} has no role of {', '.join(ROLES)}.")
        if not isinstance(message.get("content"), str) or not message["content"].strip():
            refuse(f"message {i} ({message['role']}) has no content.")
    roles = [message["role"] for message in messages]
    turns = roles[1:] if roles[0] == "system" else roles
    if len(turns) < 2 or len(turns) % 2 or turns != ["user", "assistant"] * (len(turns) // 2):
        refuse(
            f"the roles are {', '.join(roles)}: after an optional system message, user and "
            "assistant take turns, the assistant last."
        )
    found = ANSWER.search(messages[-1]["content"])
    if not found:
        end = messages[-1]["content"][-40:]
        refuse(
            f'the assistant\'s turn ends in {end!r}: it must be a letter of abcd alone, or end '
            'in a line "Answer: " and the letter, with nothing after it.'
        )
    answer = value.get("answer")
    if answer is not None and answer != found[1]:
        refuse(f'"answer" is {answer!r}, but the assistant\'s turn answers {found[1]!r}.')
    articles = value.get("articles") or []
    if not isinstance(articles, list) or not all(map(is_article, articles)):
        refuse('"articles" is not the list of {"key": ..., "name": ...} that houqa writes.')
    plain = tuple({"role": m["role"], "content": m["content"]} for m in messages)
    about = tuple((one["key"], one["name"]) for one in articles)
    return Record(path, line, str(value.get("id") or ""), plain, found[1], about)


def is_article(value):
    return isinstance(value, dict) and all(
        isinstance(value.get(name), str) for name in ("key", "name")
    )


def letter_counts(letters):
    """How often each letter occurs, all four named."""
    counts = Counter(letters)
    return {letter: counts[letter] for letter in LETTERS}
