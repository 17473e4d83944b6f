import unittest

from .figures import fixed, percent, setting_text


class FiguresTest(unittest.TestCase):
    def test_figures_are_rounded_half_up_and_written_as_in_javascript(self):
        for count, total, text in ((21, 80, "26.3 %"), (17, 80, "21.3 %"), (23, 80, "28.8 %")):
            self.assertEqual(percent(count, total), text)
        self.assertEqual((percent(0, 3), percent(2, 3), percent(3, 3)), ("0.0 %", "66.7 %", "100.0 %"))
        self.assertEqual((fixed(0.125, 2), fixed(2.5, 0), fixed(0, 4)), ("0.13", "3", "0.0000"))
        # Not a tie: the double nearest to 1.005 lies below it.
        self.assertEqual(fixed(1.005, 2), "1.00")
        for value, text in (
            (True, "true"),
            (None, ""),
            (0.0, "0"),
            (1e-05, "0.00001"),
            (1e-07, "1e-7"),
            (2.5e-10, "2.5e-10"),
            (1e16, "10000000000000000"),
            (42, "42"),
            (0.05, "0.05"),
        ):
            self.assertEqual(setting_text(value), text)
