// From events to the lines of the feed: what repeats itself within a moment is one line.
import type { PoolEvent } from "@cistern/client";

import * as format from "../number/format.ts";
import { tell, type Told } from "../words/events.ts";

export interface Row extends Told {
  seq: number;
  time: number;
  type: string;
  /** Events that it stands for. */
  events: number;
}

/** A check of all accounts finds many at once: one line says how many. */
const GROUPED: Record<string, (count: string) => string> = {
  margin_restored: (count) => `${count} accounts are above their maintenance margin again`,
  margin_breached: (count) => `${count} accounts fell below their maintenance margin`,
};

/** Lines, newest first, of events in that order. */
export function rows(events: PoolEvent[]): Row[] {
  const found: Row[] = [];
  // Whoever was taken over in part is above its margin again by that: to say so twice hides the rest.
  const stepped = new Set(events.filter((event) => event.type === "liquidation_stepped").map(key));
  for (const event of events) {
    if (event.type === "margin_restored" && stepped.has(key(event))) continue;
    const { seq, time, type } = event;
    const last = found.at(-1);
    const group = GROUPED[type];
    if (group && last?.type === type && last.time === time) {
      last.events += 1;
      last.account = null;
      last.text = group(format.count(last.events));
    } else {
      found.push({ ...tell(event), seq, time, type, events: 1 });
    }
  }
  return found;
}

function key(event: PoolEvent): string {
  return `${event.time} ${event.account}`;
}
