// How well an account or a pool stands, in a word and a tone.
import type { AccountStatus, PriceValidity } from "@cistern/client";

import { drawn } from "../number/decimal.ts";
import type { Tone } from "./events.ts";

export const STATUS: Record<AccountStatus, { tone: Tone; word: string }> = {
  healthy: { tone: "good", word: "Healthy" },
  margin_call: { tone: "warn", word: "Margin call" },
  liquidatable: { tone: "bad", word: "Liquidatable" },
  bankrupt: { tone: "bad", word: "Bankrupt" },
};

export const VALIDITY: Record<PriceValidity, { tone: Tone; word: string; means: string }> = {
  full: { tone: "good", word: "full", means: "three independent sources or more: everything works" },
  reduced: { tone: "warn", word: "reduced", means: "two sources that agree: no new debt" },
  disputed: { tone: "bad", word: "disputed", means: "two sources that disagree: no liquidation, no new debt" },
  frozen: { tone: "bad", word: "frozen", means: "one source or none: reduce only" },
};

/** Maintenance margin over equity: green below 60 %, amber below 85 %, red from there on. */
export function marginTone(ratio: string | null): "good" | "warn" | "bad" {
  const used = drawn(ratio);
  return used < 0.6 ? "good" : used < 0.85 ? "warn" : "bad";
}

/** Health is the margin ratio upside down; the thresholds are the same. */
export function healthTone(health: string | null): "good" | "warn" | "bad" {
  if (health === null) return "good";
  const value = drawn(health);
  return value > 1 / 0.6 ? "good" : value > 1 / 0.85 ? "warn" : "bad";
}
