import unittest

from transformers import AutoTokenizer

from .base_files import find_base, load_encoder
from .conversation import ChatEncoder, encode_records
from .demo_case import MODEL, make_records
from .failure import Refusal
from .records import Record

#: Like Qwen3's: without thinking the answer begins behind an empty thinking part, and earlier
#: answers lose theirs.
THINKING_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m.role }}\n"
    "{% if m.role == 'assistant' and loop.last %}<think>\n\n</think>\n\n{% endif %}"
    "{{ m.content }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n"
    "{% if enable_thinking is defined and enable_thinking is false %}<think>\n\n</think>\n\n"
    "{% endif %}{% endif %}"
)


def with_template(template):
    encoder, _ = load_encoder(find_base(MODEL))
    tokenizer = AutoTokenizer.from_pretrained(MODEL)
    tokenizer.chat_template = template
    return ChatEncoder(tokenizer, encoder.end_ids)


def reasoned(content, letter):
    messages = ({"role": "user", "content": "届出"}, {"role": "assistant", "content": content})
    return Record("r.jsonl", 1, "", messages, letter)


class ConversationTest(unittest.TestCase):
    def setUp(self):
        self.encoder, _ = load_encoder(find_base(MODEL))

    def decode(self, ids):
        return self.encoder.tokenizer.decode(list(ids))

    def test_only_the_letter_and_the_end_token_are_learnt(self):
        for record in make_records(4):
            example = self.encoder.example(record)
            prompt, learnt = (
                example.ids[: example.prompt_length],
                example.ids[example.prompt_length :],
            )
            self.assertEqual(self.decode(learnt), f"{record.answer}<|im_end|>")
            self.assertEqual(self.decode(prompt), self.encoder.prompt(record.messages[:-1]))
            self.assertTrue(self.decode(prompt).endswith("<|im_start|>assistant\n"))
            self.assertEqual(example.letter_at, example.prompt_length)
            self.assertEqual([self.decode([one]) for one in example.letter_ids], list("abcd"))

    def test_behind_reasoning_the_letter_is_the_last_one(self):
        example = self.encoder.example(reasoned("aは誤り。\nAnswer: c", "c"))
        self.assertEqual(example.ids[example.letter_at], example.letter_ids[2])
        self.assertEqual(self.decode(example.ids[example.letter_at + 1 :]), "<|im_end|>")
        self.assertGreater(example.trained_length, 5)

    def test_an_empty_thinking_part_belongs_to_the_prompt(self):
        encoder = with_template(THINKING_TEMPLATE)
        (record,) = make_records(1)
        example = encoder.example(record)
        prompt = self.decode(example.ids[: example.prompt_length])
        self.assertTrue(prompt.endswith("assistant\n<think>\n\n</think>\n\n"))
        self.assertEqual(self.decode(example.ids[example.prompt_length :]), "a<|im_end|>")

    def test_templates_that_would_teach_another_prompt_are_refused(self):
        plain = "{% for m in messages %}<|im_start|>{{ m.content }}{% endfor %}"
        for template, pattern in (
            # The asked conversation opens a thinking part that the answered one has not.
            (
                plain + "{% if add_generation_prompt %}<|im_start|><think>{% endif %}",
                "does not write the answered conversation",
            ),
            # Nothing ends the turn.
            (plain + "{% if add_generation_prompt %}<|im_start|>{% endif %}", "no end-of-turn"),
        ):
            with self.subTest(pattern), self.assertRaisesRegex(Refusal, pattern):
                with_template(template).example(make_records(1)[0])

    def test_a_tokenizer_without_template_is_refused(self):
        with self.assertRaisesRegex(Refusal, "has no chat template"):
            with_template(None)

    def test_records_are_refused_where_they_would_lose_answer_or_end(self):
        records = make_records(3)
        lengths = [len(self.encoder.example(one).ids) for one in records]
        longest = max(lengths)
        self.assertEqual(len(encode_records(self.encoder, records, longest)), 3)
        with self.assertRaises(Refusal) as end_lost:
            encode_records(self.encoder, records, longest - 1)
        self.assertIn("the end-of-turn token would be cut off", str(end_lost.exception))
        with self.assertRaises(Refusal) as answer_lost:
            encode_records(self.encoder, records, longest - 2)
        message = str(answer_lost.exception)
        line = lengths.index(longest) + 1
        self.assertIn(f"demo.jsonl, line {line}: {longest} tokens", message)
        self.assertIn(f"answer token, number {longest - 1}, would be cut off", message)
        self.assertIn(f"--max-seq-length {longest}", message)
