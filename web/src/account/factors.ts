import type { AccountSummary, Factor } from "@cistern/client";

import { drawn } from "../number/decimal.ts";

/** The factors that an account's numbers move with, in the order of their names' first mention. */
export function factorsOf(summary: AccountSummary): string[] {
  return [...new Set(summary.liquidation_prices.map((row) => row.factor))];
}

/** A range of no more than this is a peg's: classes of volatile things start above it. */
const PEG_RANGE_MAX = 0.05;

/** Does it hold to something else? Then it does not follow when everything falls together. */
export function isPeg(factor: string, known: Factor[]): boolean {
  const found = known.find((row) => row.factor === factor);
  return found !== undefined && drawn(found.range_down) <= PEG_RANGE_MAX;
}
