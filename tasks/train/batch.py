"""Which records belong to which update, and their tensors."""

import math
from dataclasses import dataclass

import torch


class RecordOrder:
    """
    The order of training: every epoch is its own permutation of all records, which follows from the
    seed and the epoch's number alone, so that a resumed run needs no memory of it.
    """

    def __init__(self, count, records_per_step, seed):
        self.count, self.records_per_step, self.seed = count, records_per_step, seed
        self.steps_per_epoch = math.ceil(count / records_per_step)

    def epoch_of(self, step):
        """Epochs done after an update; updates count from 1."""
        return step / self.steps_per_epoch

    def ends_epoch(self, step):
        return step % self.steps_per_epoch == 0

    def records(self, step):
        """Indexes of the records behind an update; an epoch's last one may have fewer."""
        epoch, place = divmod(step - 1, self.steps_per_epoch)
        generator = torch.Generator().manual_seed(self.seed * 1_000_003 + epoch)
        order = torch.randperm(self.count, generator=generator)
        begin = place * self.records_per_step
        return order[begin : begin + self.records_per_step].tolist()


@dataclass
class Batch:
    """
    Examples side by side, padded on the right. `rows`, `columns`: where the trained tokens stand;
    `letter_rows`: which of those are the answers' letters, one for each example, in their order.
    """

    ids: torch.Tensor
    mask: "torch.Tensor | None"
    rows: torch.Tensor
    columns: torch.Tensor
    letter_rows: torch.Tensor
    letter_ids: torch.Tensor


def collate(examples, pad_id, device):
    """Tensors of some examples."""
    width = max(len(one.ids) for one in examples)
    ids = torch.full((len(examples), width), pad_id, dtype=torch.long)
    mask = torch.zeros_like(ids)
    trained = torch.zeros_like(ids, dtype=torch.bool)
    for row, one in enumerate(examples):
        ids[row, : len(one.ids)] = torch.tensor(one.ids)
        mask[row, : len(one.ids)] = 1
        trained[row, one.prompt_length : len(one.ids)] = True
    rows, columns = trained.nonzero(as_tuple=True)
    letter_at = torch.tensor([one.letter_at for one in examples])
    letter_rows = (columns == letter_at[rows]).nonzero(as_tuple=True)[0]
    letter_ids = torch.tensor([one.letter_ids for one in examples])
    whole = bool(mask.all())
    tensors = (ids, None if whole else mask, rows, columns, letter_rows, letter_ids)
    return Batch(*(None if one is None else one.to(device) for one in tensors))


def chunks(values, size):
    return [values[begin : begin + size] for begin in range(0, len(values), size)]
