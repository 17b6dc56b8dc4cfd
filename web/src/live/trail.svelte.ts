import type { FeedPrice } from "@cistern/client";

import { drawn } from "../number/decimal.ts";

export interface Trail {
  times: number[];
  values: number[];
}

/** Points of a small line: as many as a tile has pixels to spare. */
const POINTS_MAX = 160;

/** The way of every price since the page was opened, for small lines. Thinned as it grows, so it never ends. */
export class Trails {
  /** Changes with every addition; the trails themselves are too long to be watched. */
  version = $state(0);
  readonly #trails = new Map<string, Thinned>();

  of(feed: string): Trail | undefined {
    void this.version;
    return this.#trails.get(feed);
  }

  add(time: number, prices: FeedPrice[]): void {
    for (const { feed, price } of prices) {
      if (price == null) continue;
      const kept = this.#trails.get(feed);
      const last = kept?.times.at(-1);
      // Time that ran back is another replay: its prices are not a continuation.
      const trail = kept && last !== undefined && time >= last ? kept : EMPTY;
      if (time !== trail.times.at(-1)) this.#trails.set(feed, grown(trail, time, drawn(price)));
    }
    this.version += 1;
  }
}

interface Thinned extends Trail {
  /** So many points of what comes become one. */
  stride: number;
  skipped: number;
}

const EMPTY: Thinned = { times: [], values: [], stride: 1, skipped: 0 };

/** A new trail with the point; who shows the old one sees by that that it has changed. */
function grown({ times, values, stride, skipped }: Thinned, time: number, value: number): Thinned {
  // The newest point always stands at the end, even if it will not stay.
  const isPassing = skipped + 1 < stride && times.length > 1;
  const end = isPassing ? -1 : undefined;
  const longer = { times: [...times.slice(0, end), time], values: [...values.slice(0, end), value] };
  if (longer.times.length <= POINTS_MAX) return { ...longer, stride, skipped: isPassing ? skipped + 1 : 0 };
  const every = (_: number, index: number) => index % 2 === 0;
  return { times: longer.times.filter(every), values: longer.values.filter(every), stride: stride * 2, skipped: 0 };
}
