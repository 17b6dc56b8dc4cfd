// The worst of the joint scenarios, in a sentence.
import type { AccountSummary } from "@cistern/client";

import { drawn } from "../number/decimal.ts";
import * as format from "../number/format.ts";

/** What set the requirement, by the name that the API gives it. */
export const DECIDED_BY: Record<string, string> = {
  nothing: "",
  joint: "It sets the requirement: what all factors together can cost.",
  standalone: "The floor under the largest single loss sets the requirement: hedges remove the rest, not all.",
  gross_floor: "The floor under derivatives sets the requirement: a share of what is open, however well hedged.",
  tails: "A tail sets the requirement: a move far beyond the range, at a part of its weight.",
  standard: "Standard mode sets the requirement: every leg by itself, without offsets.",
};

const ENDS = {
  calm: "in a calm market, where the factors move mostly by themselves",
  mid: "in a market between calm and panic",
  panic: "in a panic, where the factors move together",
} as const;

const VOLS = {
  down: ", and volatilities fall,",
  same: "",
  up: ", and volatilities rise,",
  front: ", and volatilities of the next month rise,",
  back: ", and volatilities beyond the next month rise,",
} as const;

export function scenario(summary: AccountSummary): string {
  const worst = summary.worst_scenario;
  const cost = summary.ends[worst.end];
  if (drawn(cost) === 0) return "No joint move of prices costs this account anything.";
  const level = drawn(worst.level);
  const way = level < 0 ? "everything falls" : level > 0 ? "everything rises" : "each factor moves on its own";
  const vols = worst.vol == null ? "" : VOLS[worst.vol];
  return `The worst case is that ${way}${vols} ${ENDS[worst.end]}: it would cost ${format.money(cost)} of the ${format.money(summary.equity)} equity.`;
}
