import json
import tempfile
import unittest
from pathlib import Path

from .failure import Refusal
from .records import letter_counts, read_records


def turns(*contents, system=None):
    messages = [{"role": "system", "content": system}] if system else []
    for i, content in enumerate(contents):
        messages.append({"role": ("user", "assistant")[i % 2], "content": content})
    return messages


class RecordsTest(unittest.TestCase):
    def read(self, *lines):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "r.jsonl"
            path.write_text("\n".join(lines), encoding="utf-8")
            return read_records(str(path))

    def read_values(self, *values):
        return self.read(*(json.dumps(value) for value in values))

    def assert_refused(self, pattern, *lines):
        with self.assertRaisesRegex(Refusal, pattern):
            self.read(*lines)

    def test_letters_of_direct_and_reasoned_answers(self):
        records = self.read_values(
            {"messages": turns("q", "b")},
            {"messages": turns("q2", "考えた。\nAnswer: d", system="s"), "answer": "d", "id": 7},
            {"messages": turns("q3", "a", "q4", "c"), "more": [1]},
        )
        self.assertEqual([one.answer for one in records], ["b", "d", "c"])
        self.assertEqual([one.is_direct for one in records], [True, False, True])
        self.assertIn("line 2 (id 7)", records[1].place)

    def test_empty_lines_count_as_lines(self):
        (record,) = self.read("", json.dumps({"messages": turns("q", "a")}), "")
        self.assertEqual(record.line, 2)

    def test_what_is_wrong_is_said_with_its_line(self):
        good = json.dumps({"messages": turns("q", "a")})
        for pattern, value in (
            ("line 2: not JSON", "{"),
            ('line 2: no "messages"', '{"prompt": "x"}'),
            ('line 2: no "messages"', "[]"),
            ("message 1 has no role", '{"messages": [{"content": "x"}]}'),
            ("has no content", json.dumps({"messages": turns(" ", "a")})),
            ("the assistant last", json.dumps({"messages": turns("q", "a", "q")})),
            ("the assistant last", json.dumps({"messages": turns("q")})),
            ("must be a letter of abcd", json.dumps({"messages": turns("q", "a\n")})),
            ("must be a letter of abcd", json.dumps({"messages": turns("q", "e")})),
            ("must be a letter of abcd", json.dumps({"messages": turns("q", "答えはa")})),
            (
                '"answer" is \'b\', but the assistant\'s turn answers \'a\'',
                json.dumps({"messages": turns("q", "a"), "answer": "b"}),
            ),
        ):
            with self.subTest(pattern):
                self.assert_refused(pattern, good, value)
        self.assert_refused("holds no record", "")

    def test_a_byte_order_mark_is_read_over(self):
        (record,) = self.read("\ufeff" + json.dumps({"messages": turns("q", "a")}))
        self.assertEqual((record.line, record.answer), (1, "a"))

    def test_articles_are_kept_and_checked(self):
        good = {"messages": turns("q", "a"), "articles": [{"key": "k", "name": "第1条"}]}
        self.assertEqual(self.read_values(good)[0].articles, (("k", "第1条"),))
        for wrong in ("k", [1], [{"key": "k"}], [{"key": 1, "name": "x"}]):
            with self.subTest(wrong):
                self.assert_refused('line 1: "articles"', json.dumps({**good, "articles": wrong}))

    def test_all_letters_are_counted(self):
        self.assertEqual(letter_counts("aab"), {"a": 2, "b": 1, "c": 0, "d": 0})
