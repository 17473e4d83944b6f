"""How a run ends that can't be done as asked."""


class Refusal(Exception):
    """A wrong option or input file, found before anything was started: exit code 2."""

    exit_code = 2


class Stopped(Exception):
    """The run can't go on (memory, disk, a loss that is no number): exit code 3."""

    exit_code = 3


class Interrupted(BaseException):
    """
    Ended in good order by a signal; the checkpoint is written: 128 + its number. No library's
    `except Exception` stops it.
    """

    def __init__(self, number):
        super().__init__(number)
        self.exit_code = 128 + number
