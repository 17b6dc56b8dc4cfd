// The worst of the joint scenarios, in a sentence.
import type { AccountSummary } from "@cistern/client";

import { drawn } from "../number/decimal.ts";
import * as format from "../number/format.ts";

/** What set the requirement, by the name that the API gives it. */
export const DECIDED_BY: Record<string, string> = {
  joint_loss: "The joint loss decides: what all factors together can cost.",
  joint: "The joint loss decides: what all factors together can cost.",
  largest_loss: "The floor under the largest single loss decides: hedges remove the rest, not all.",
  single_floor: "The floor under the largest single loss decides: hedges remove the rest, not all.",
  derivatives: "The floor under derivatives decides: a share of what is open, however well hedged.",
  gross_floor: "The floor under derivatives decides: a share of what is open, however well hedged.",
  tail: "A tail decides: a move far beyond the range, at a part of its weight.",
  standard: "Standard mode: every leg by itself, without offsets.",
};

const ENDS = {
  calm: "in a calm market, where the factors move mostly by themselves",
  mid: "in a market between calm and panic",
  panic: "in a panic, where the factors move together",
} as const;

export function scenario(summary: AccountSummary): string {
  const worst = summary.worst_scenario;
  if (!worst || drawn(summary.maintenance_margin) === 0) return "The account owes nothing that a move of prices could make worse.";
  const level = drawn(worst.level);
  const way = level < 0 ? "everything falls" : level > 0 ? "everything rises" : "each factor moves on its own";
  const loss = format.money(summary.maintenance_margin);
  return `The worst case is that ${way} ${ENDS[worst.end]}: it would cost ${loss} of the ${format.money(summary.equity)} equity.`;
}
