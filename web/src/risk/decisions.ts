import type { Http, PoolEvent } from "@cistern/client";

import { describe } from "../words/acts.ts";
import type { Tone } from "../words/events.ts";

/** What became of an act, or of the pool as a whole. */
export interface Decision {
  seq: number;
  time: number;
  how: string;
  tone: Tone;
  text: string;
}

/** Of each kind no more than anybody reads. */
const LIMIT = 50;

const ENDS: Record<string, { how: string; tone: Tone }> = {
  act_executed: { how: "took effect", tone: "good" },
  act_vetoed: { how: "struck out", tone: "bad" },
  act_lapsed: { how: "lapsed", tone: "warn" },
};

const PAUSES: Record<string, Omit<Decision, "seq" | "time">> = {
  pool_paused: { how: "paused", tone: "warn", text: "New risk is refused" },
  pool_resumed: { how: "resumed", tone: "good", text: "New risk is accepted again" },
};

/** What governance decided, newest first: the API tells one kind of event at a time. */
export async function decisions(http: Http): Promise<Decision[]> {
  const kinds = [...Object.keys(ENDS), ...Object.keys(PAUSES)];
  const [scheduled, ...ended] = await Promise.all(
    ["act_scheduled", ...kinds].map((kind) => http.history({ kind, limit: LIMIT }).then((page) => page.items)),
  );
  return joined(scheduled ?? [], ended.flat());
}

/** An end names its act by number only: what it did stands where it was scheduled. */
export function joined(scheduled: PoolEvent[], ended: PoolEvent[]): Decision[] {
  const acts = new Map(scheduled.map((event) => [event.act_id, event.act as Record<string, unknown>]));
  return ended
    .sort((a, b) => b.seq - a.seq)
    .flatMap(({ seq, time, type, act_id }) => {
      const end = ENDS[type];
      const pause = PAUSES[type];
      if (pause) return [{ seq, time, ...pause }];
      const act = acts.get(act_id);
      return end ? [{ seq, time, ...end, text: act ? describe(act) : `Act no. ${act_id}` }] : [];
    });
}
