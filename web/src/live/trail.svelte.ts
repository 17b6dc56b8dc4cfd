import type { Price } from "@cistern/client";

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
  readonly #trails = new Map<string, Trail & { stride: number; skipped: number }>();

  of(feed: string): Trail | undefined {
    void this.version;
    return this.#trails.get(feed);
  }

  add(time: number, prices: Price[]): void {
    for (const { feed, price } of prices) {
      let trail = this.#trails.get(feed);
      const last = trail?.times.at(-1);
      // Time that ran back is another replay: its prices are not a continuation.
      if (!trail || (last !== undefined && time < last)) {
        trail = { times: [], values: [], stride: 1, skipped: 0 };
        this.#trails.set(feed, trail);
      }
      if (time === trail.times.at(-1)) continue;
      trail.skipped += 1;
      if (trail.times.length > 0 && trail.skipped < trail.stride) {
        // The newest point always stands at the end, even if it will not stay.
        trail.times[trail.times.length - 1] = time;
        trail.values[trail.values.length - 1] = drawn(price);
        continue;
      }
      trail.skipped = 0;
      trail.times.push(time);
      trail.values.push(drawn(price));
      if (trail.times.length > POINTS_MAX) {
        trail.times = trail.times.filter((_, index) => index % 2 === 0);
        trail.values = trail.values.filter((_, index) => index % 2 === 0);
        trail.stride *= 2;
      }
    }
    this.version += 1;
  }
}
