"""
Figures as people read them. The same run is shown by Python and by TypeScript (src/report/), so both
round in one way, half up: counts exactly, measured values as the double that is stored.
"""

from decimal import ROUND_HALF_UP, Decimal


def percent(count, total):
    """A share of counts in percent, one decimal: 21 of 80 is 26.3 %."""
    tenths = (2000 * count + total) // (2 * total)
    return f"{tenths // 10}.{tenths % 10} %"


def fixed(value, digits):
    """As JavaScript's `toFixed`: Python's own format would round a tie to the even digit."""
    return str(Decimal(value).quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP))


def setting_text(value):
    """A setting as JavaScript writes it: true, 0.05, 1e-7; nothing for None."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, float):
        return str(value)
    if value.is_integer() and abs(value) < 1e21:
        return str(int(value))
    if abs(value) >= 1e-6:
        return format(Decimal(repr(value)), "f")
    digits, exponent = repr(value).split("e")
    return f"{digits}e{int(exponent)}"
