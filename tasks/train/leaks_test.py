import json
import unittest

from .failure import Refusal
from .leaks import refuse_leak
from .records import read_record
from .records_test import turns


def records(*values):
    return [read_record("r.jsonl", i, json.dumps(one)) for i, one in enumerate(values, 1)]


class LeaksTest(unittest.TestCase):
    def test_a_dev_question_that_is_trained_on_is_refused(self):
        train = records({"messages": turns("q", "a")}, {"messages": turns("q2", "a")})
        refuse_leak(train, records({"messages": turns("q3", "a")}))
        # Another answer to the same prompt is the same question.
        with self.assertRaisesRegex(Refusal, "line 1 asks what .* line 2 asks"):
            refuse_leak(train, records({"messages": turns("q2", "c")}))

    def test_other_orders_contexts_and_prompts_of_a_question_are_the_same_question(self):
        def asked(*choices, stem="正しいのはどれか。", context="【参照条文】\n第1条\n\n", closing="記号だけ"):
            lines = "\n".join(f"{a} {b}" for a, b in zip("abcd", choices))
            return f"{context}【問題】\n{stem}\n\n【選択肢】\n{lines}\n\n{closing}"

        train = records({"messages": turns(asked("甲", "乙", "丙", "丁"), "a")})
        leaking = (
            turns(asked("丙", "甲", "丁", "乙"), "b"),
            turns(asked("甲", "乙", "丙", "丁", context="", closing="考えて\n答える"), "a"),
            turns("例", "c", asked("丁", "乙", "丙", "甲"), "d", system="s"),
            turns(asked("甲", "乙", "丙", "丁", stem="正しいのは どれか"), "a"),
        )
        for messages in leaking:
            with self.subTest(messages), self.assertRaisesRegex(Refusal, "line 1 asks what"):
                refuse_leak(train, records({"messages": messages}))
        # A worked example of training is no question to measure with either.
        shown = records(
            {"messages": turns(asked("甲", "乙", "丙", "丁"), "a", asked("1", "2", "3", "4"), "b")}
        )
        with self.assertRaisesRegex(Refusal, "asks or shows"):
            refuse_leak(shown, records({"messages": leaking[0]}))
        # The same choices of another question, and another choice of the same, are not.
        for other in (asked("甲", "乙", "丙", "丁", stem="誤りはどれか。"), asked("甲", "乙", "丙", "戊")):
            refuse_leak(train, records({"messages": turns(other, "a")}))

    def test_shared_articles_and_names_are_refused(self):
        def record(id, content, *keys):
            articles = [{"key": key, "name": f"某法 {key}"} for key in keys]
            return {"id": id, "messages": turns(content, "a"), "articles": articles}

        train = records(record("問1@0123", "q", "第1条", "第2条"), record("問2#7", "q2"))
        with self.assertRaisesRegex(Refusal, "is about 某法 第2条, as .* line 1 .* is: measuring"):
            refuse_leak(train, records(record("問9", "q9", "第3条", "第2条")))
        with self.assertRaisesRegex(Refusal, r"\(id 問1@2031\) is the question of .* \(id 問1@0123\)"):
            refuse_leak(train, records(record("問1@2031", "q9", "第3条")))
        refuse_leak(train, records(record("問2#8", "q9", "第3条"), {"messages": turns("q4", "a")}))
