"""Rounds numbers in PyMongo's context for decimal128, in any of five modes.

A line of input has the number of a mode and the text of a number. A line of
output has the text of the rounded number, its exponent and the conditions, or
"-" for none.
"""
import decimal
import sys

# In the order of decimal128.Rounding.
MODES = [decimal.ROUND_HALF_EVEN, decimal.ROUND_HALF_UP, decimal.ROUND_DOWN,
         decimal.ROUND_CEILING, decimal.ROUND_FLOOR]
CONDITIONS = [decimal.Rounded, decimal.Inexact, decimal.Subnormal,
              decimal.Underflow, decimal.Overflow, decimal.Clamped]

for line in sys.stdin:
    mode, text = line.split()
    ctx = decimal.Context(prec=34, rounding=MODES[int(mode)], Emin=-6143,
                          Emax=6144, capitals=1, clamp=1, flags=[], traps=[])
    v = ctx.create_decimal(text)
    seen = [c.__name__.lower() for c in CONDITIONS if ctx.flags[c]]
    exponent = v.as_tuple().exponent if v.is_finite() else 0
    print(v, exponent, "|".join(seen) or "-")
