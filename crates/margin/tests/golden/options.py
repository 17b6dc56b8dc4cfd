"""Writes options.csv: random options with what QuantLib and a reference of 40 digits say that they are worth.

A row: style, strike (forward = 1e12), implied volatility in 1e-9, milliseconds to expiry, QuantLib's value for a forward
of one, and the same to 24 decimals. Run by ./x golden options.
"""

import random
import sys
from pathlib import Path

import mpmath
import QuantLib

FORWARD = 10**12
YEAR_MS = 365 * 86_400_000
SEED = 20_261_126
OPTIONS = 4_200
DECIMALS = 10**24


def between(generator, low, high):
    """A whole number, uniform in its logarithm."""
    return round(low * (high / low) ** generator.random())


def normal(x):
    return mpmath.erfc(-x / mpmath.sqrt(2)) / 2


def reference(style, strike, vol, left):
    """Black 1976 for a forward of one; the distribution is taken where it is small."""
    k = mpmath.mpf(strike) / FORWARD
    s = mpmath.mpf(vol) / 10**9 * mpmath.sqrt(mpmath.mpf(left) / YEAR_MS)
    d = -mpmath.log(k) / s + s / 2
    if style == "C":
        return normal(d) - k * normal(d - s)
    return k * normal(s - d) - normal(-d)


def quantlib(style, strike, vol, left):
    kind = QuantLib.Option.Call if style == "C" else QuantLib.Option.Put
    deviation = vol / 1e9 * (left / YEAR_MS) ** 0.5
    return QuantLib.blackFormula(kind, strike / FORWARD, 1.0, deviation)


def main():
    mpmath.mp.dps = 40
    generator = random.Random(SEED)
    rows = []
    for number in range(OPTIONS):
        style = generator.choice("CP")
        vol = between(generator, 10**7, 5 * 10**9)
        left = between(generator, 60_000, 3 * YEAR_MS)
        if number % 2 == 0:
            strike = between(generator, FORWARD // 20, 20 * FORWARD)
        else:
            # Within four deviations of the forward, where there is something to price.
            deviation = vol / 1e9 * (left / YEAR_MS) ** 0.5
            strike = round(FORWARD * min(20, max(0.05, 2.718281828 ** (generator.uniform(-4, 4) * deviation))))
        exact = int(mpmath.nint(reference(style, strike, vol, left) * DECIMALS))
        exact = f"{exact // DECIMALS}.{exact % DECIMALS:024d}"
        rows.append(f"{style},{strike},{vol},{left},{quantlib(style, strike, vol, left):.17g},{exact}")
    head = f"# seed {SEED}, QuantLib {QuantLib.__version__}, mpmath {mpmath.__version__}; forward {FORWARD}"
    Path(sys.argv[1]).write_text("\n".join([head, "style,strike,vol,left_ms,quantlib,exact", *rows]) + "\n")


if __name__ == "__main__":
    main()
