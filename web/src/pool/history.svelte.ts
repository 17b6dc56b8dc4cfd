import type { Page, PoolMoment, PoolRisk } from "@cistern/client";

import { node } from "../live/node.svelte.ts";
import { drawn } from "../number/decimal.ts";

/** More than a wide screen has pixels for in one chart. */
const POINTS_MAX = 3_000;
const PAGES_MAX = 6;

interface Series {
  times: number[];
  equity: number[];
  requirement: number[];
  fund: number[];
}

const EMPTY: Series = { times: [], equity: [], requirement: [], fund: [] };

/** The pool over time: what the node kept, and then what comes. */
export class PoolHistory {
  series = $state.raw<Series>(EMPTY);
  hasLoaded = $state(false);
  #loads = 0;

  /** Asks the node again for everything. The latest call wins. */
  async load(): Promise<void> {
    this.#loads += 1;
    const load = this.#loads;
    const kept: PoolMoment[] = [];
    let cursor: string | null = null;
    for (let page = 0; page < PAGES_MAX; page += 1) {
      const answer: Page<PoolMoment> | null = await node.http.poolHistory({ limit: 1_000, cursor }).catch(() => null);
      if (load !== this.#loads) return;
      kept.push(...(answer?.items ?? []));
      cursor = answer?.next_cursor ?? null;
      if (cursor === null) break;
    }
    kept.sort((a, b) => a.time - b.time);
    const last = kept.at(-1)?.time ?? 0;
    // What came while the node was asked follows what it answered.
    const since = this.series.times.findIndex((time) => time > last);
    const tail = since < 0 ? EMPTY : slice(this.series, since);
    this.series = {
      times: [...kept.map((moment) => moment.time), ...tail.times],
      equity: [...kept.map((moment) => drawn(moment.equity)), ...tail.equity],
      requirement: [...kept.map((moment) => drawn(moment.requirement)), ...tail.requirement],
      fund: [...kept.map((moment) => drawn(moment.insurance_fund)), ...tail.fund],
    };
    this.hasLoaded = true;
  }

  add(pool: PoolRisk): void {
    const last = this.series.times.at(-1);
    if (last !== undefined && pool.time < last) {
      // The pool's clock ran back: another pool, or one that began again.
      this.series = EMPTY;
      void this.load();
      return;
    }
    if (last === pool.time) return;
    const grown = {
      times: [...this.series.times, pool.time],
      equity: [...this.series.equity, drawn(pool.equity)],
      requirement: [...this.series.requirement, drawn(pool.requirement)],
      fund: [...this.series.fund, drawn(pool.insurance_fund)],
    };
    this.series = grown.times.length > POINTS_MAX ? thinned(grown) : grown;
  }
}

function slice(series: Series, from: number): Series {
  return each(series, (values) => values.slice(from));
}

function thinned(series: Series): Series {
  return each(series, (values) => values.filter((_, index) => index % 2 === 0 || index === values.length - 1));
}

function each(series: Series, change: (values: number[]) => number[]): Series {
  return {
    times: change(series.times),
    equity: change(series.equity),
    requirement: change(series.requirement),
    fund: change(series.fund),
  };
}
