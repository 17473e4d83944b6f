"""Records as token ids, by the tokenizer's own chat template and nothing else."""

from dataclasses import dataclass

from .failure import Refusal
from .records import LETTERS, Record


@dataclass(frozen=True)
class Example:
    """
    A record as tokens: `ids` = the evaluation's prompt, then the completion up to and including the
    end-of-turn token. `letter_at` is the index in `ids` of the token that gives the answer, and
    `letter_ids` are the tokens that would stand there for a, b, c, d.
    """

    record: Record
    ids: tuple
    prompt_length: int
    letter_at: int
    letter_ids: tuple

    @property
    def trained_length(self):
        """How many tokens count in the loss."""
        return len(self.ids) - self.prompt_length


class ChatEncoder:
    """A tokenizer with a chat template; `end_ids` are the tokens that end a turn."""

    def __init__(self, tokenizer, end_ids):
        if not tokenizer.chat_template:
            raise Refusal(
                f"{tokenizer.name_or_path} has no chat template: use the instruction-tuned model."
            )
        self.tokenizer = tokenizer
        self.end_ids = frozenset(end_ids)

    def encode(self, text):
        """Token ids of a text, nothing added."""
        return self.tokenizer.encode(text, add_special_tokens=False)

    def prompt(self, messages):
        """The text up to where the answer begins: what houqa asks the same messages with."""
        return self.render(messages, add_generation_prompt=True)

    def render(self, messages, add_generation_prompt):
        return self.tokenizer.apply_chat_template(
            list(messages),
            tokenize=False,
            add_generation_prompt=add_generation_prompt,
            # Evaluation asks for answers without a thinking part.
            enable_thinking=False,
        )

    def completion(self, record):
        """
        The text behind the prompt: the assistant's turn as the template writes it.
        @raise Refusal where the template changes what came before once the answer is there.
        """
        *asked, answered = record.messages
        prompt = self.prompt(asked)
        whole = self.render(record.messages, add_generation_prompt=False)
        content = answered["content"]
        if not whole.startswith(prompt + content):
            raise Refusal(
                f"{record.place}: the chat template of {self.tokenizer.name_or_path} does not "
                "write the answered conversation as the asked one with the answer behind it, so "
                "training would teach another prompt than evaluation asks. After the prompt it "
                f"should go on with {content[:40]!r}, it has "
                f"{whole[len(prompt):len(prompt) + 40]!r}."
            )
        return whole[len(prompt):]

    def example(self, record):
        """@raise Refusal where the answer is not one token or the turn has no end token."""
        prompt_ids = self.encode(self.prompt(record.messages[:-1]))
        text = self.completion(record)
        completion_ids = self.encode(text)
        content = record.messages[-1]["content"]
        letter_at, letter_ids = self.letters(record, text, len(content) - 1, completion_ids)
        end = next((i for i, one in enumerate(completion_ids) if one in self.end_ids), None)
        if end is None or end <= letter_at:
            raise Refusal(
                f"{record.place}: after the answer the chat template writes "
                f"{text[len(content):]!r}, in which there is no end-of-turn token "
                f"({self.tokenizer.convert_ids_to_tokens(sorted(self.end_ids))})."
            )
        return Example(
            record,
            tuple(prompt_ids + completion_ids[: end + 1]),
            len(prompt_ids),
            len(prompt_ids) + letter_at,
            letter_ids,
        )

    def letters(self, record, text, place, ids):
        """Where the letter's token stands, and the tokens the four letters would have there."""
        variants = [
            self.encode(text[:place] + letter + text[place + 1 :]) for letter in LETTERS
        ]
        differing = [
            i
            for i in range(min(map(len, variants)))
            if len({variant[i] for variant in variants}) > 1
        ]
        same_length = len({len(variant) for variant in variants}) == 1
        if not same_length or len(differing) != 1:
            raise Refusal(
                f"{record.place}: the tokenizer does not write the letters a, b, c, d as one token "
                "each at the answer's place, so they can't be compared there."
            )
        chosen = tuple(variant[differing[0]] for variant in variants)
        if len(set(chosen)) != 4 or ids[differing[0]] != chosen[LETTERS.index(record.answer)]:
            raise Refusal(f"{record.place}: two letters share a token at the answer's place.")
        return differing[0], chosen


def encode_records(encoder, records, limit):
    """
    All records as examples.
    @raise Refusal listing every record longer than `limit` tokens: cutting one would either take its
        answer away or teach a prompt that evaluation never asks.
    """
    examples = [encoder.example(record) for record in records]
    long = [one for one in examples if len(one.ids) > limit]
    if long:
        lines = [
            f"  {one.record.place}: {len(one.ids)} tokens (prompt {one.prompt_length}, answer "
            f"{one.trained_length}); with {limit} "
            + (
                f"the answer token, number {one.letter_at + 1}, would be cut off"
                if one.letter_at >= limit
                else "the end-of-turn token would be cut off"
            )
            for one in long[:10]
        ]
        if len(long) > 10:
            lines.append(f"  and {len(long) - 10} more")
        longest = max(len(one.ids) for one in long)
        raise Refusal(
            f"{len(long)} of {len(examples)} records are longer than --max-seq-length {limit}:\n"
            + "\n".join(lines)
            + f"\nRecords are never cut. Give --max-seq-length {longest}, or make shorter records "
            "(fewer articles, no examples)."
        )
    return examples
