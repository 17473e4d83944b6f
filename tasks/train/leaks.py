"""Dev questions that are trained on, in whatever order of choices, context or kind of prompt."""

import re
import unicodedata

from .failure import Refusal

#: The question stands behind one of these.
QUESTION = re.compile(
    r"^[ \t]*(?:【(?:問題文?|質問|設問|問)】|(?:問題文?|質問|設問|問|question|q)[ \t]*[:：])",
    re.MULTILINE | re.IGNORECASE,
)
CHOICE = re.compile(r"\s*([a-dａ-ｄ])(?:[.．:：)）、]|(?=\s))\s*(?=\S)", re.IGNORECASE)


def refuse_leak(train, dev):
    """
    @raise Refusal when a dev record is about an article, a question or the order of choices of one
        that a training record is about, or that one shows as a worked example.
    """
    articles, names, wordings = {}, {}, {}
    for record in train:
        for key, _ in record.articles:
            articles.setdefault(key, record)
        if record.id:
            names.setdefault(name_of(record), record)
        for message in record.messages[:-1]:
            if message["role"] == "user":
                wordings.setdefault(wording_of(message["content"]), record)
    for record in dev:
        asked = wording_of(record.messages[-2]["content"])
        if asked in wordings:
            refuse(record, wordings[asked], "asks what", "asks or shows")
        if record.id and name_of(record) in names:
            refuse(record, names[name_of(record)], "is the question of", "")
        for key, name in record.articles:
            if key in articles:
                refuse(record, articles[key], f"is about {name}, as", "is")


def refuse(record, other, how, end):
    raise Refusal(
        f"{record.place} {how} {other.place}{end and ' '}{end}: measuring on what was trained on says "
        "nothing. Make both files from the sides of one houqa dataset split."
    )


def name_of(record):
    """The question's name: behind `@` stands the order of its choices."""
    return record.id.partition("@")[0]


def wording_of(text):
    """
    A question without its context and with its choices in no order. A prompt in which they can't be
    told counts as a whole, its lines in no order.
    """
    *_, asked = QUESTION.split(text)
    lines = [line for line in asked.splitlines() if line.strip()]
    for start in range(len(lines) - 4, -1, -1):
        found = [CHOICE.match(line) for line in lines[start : start + 4]]
        if "".join(fold(one[1]) if one else "-" for one in found) == "abcd":
            choices = (line[one.end() :] for one, line in zip(found, lines[start:]))
            stem = "".join(lines[:start])
            return fold(stem), tuple(sorted(map(fold, choices)))
    return "", tuple(sorted(map(fold, lines)))


def fold(text):
    """Letters and digits alone, in one width: as houqa dataset check compares texts."""
    folded = unicodedata.normalize("NFKC", text).lower()
    return "".join(one for one in folded if unicodedata.category(one)[0] in "LMN")
