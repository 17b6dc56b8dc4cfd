import type { HealthBand } from "@cistern/client";

import { drawn } from "../number/decimal.ts";
import * as format from "../number/format.ts";
import { healthTone } from "../words/standing.ts";

export interface Band {
  /** Lower end; none for the first. */
  from: string | null;
  /** Upper end; none for the last. */
  below: string | null;
  accounts: number;
  label: string;
  tone: "good" | "warn" | "bad";
}

/** The bands with both of their ends, from the worst health up. */
export function bands(of: HealthBand[]): Band[] {
  return of.map(({ below: end, accounts }, index) => {
    const below = end ?? null;
    const from = of[index - 1]?.below ?? null;
    const middle = below === null ? null : String((drawn(from) + drawn(below)) / 2);
    const tone = below !== null && drawn(below) <= 1 ? "bad" : healthTone(middle);
    return { from, below, accounts, label: label(from, below), tone: tone === "bad" && drawn(below) > 1 ? "warn" : tone };
  });
}

function label(from: string | null, below: string | null): string {
  const write = (text: string) => format.fixed(text, 2).replace(/\.?0+$/, "");
  if (from === null && below === null) return "all";
  if (from === null) return `below ${write(below ?? "")}`;
  if (below === null) return `${write(from)} and up`;
  return `${write(from)} – ${write(below)}`;
}

export function isWithin(band: Band, health: string | null | undefined): boolean {
  if (health == null) return band.below === null;
  const value = drawn(health);
  return (band.from === null || value >= drawn(band.from)) && (band.below === null || value < drawn(band.below));
}
