import {
  Http,
  Refusal,
  Stream,
  type LinkState,
  type Page,
  type PoolRisk,
  type FeedPrice,
  type ReplayState,
  type ReplayStatus,
  type Stamp,
  type NodeStatus,
} from "@cistern/client";

import { Trails } from "./trail.svelte.ts";

const socketAddress = `${location.protocol === "https:" ? "wss" : "ws"}://${location.host}/v1/ws`;

/** Ages are written with one place: they must move that often. */
const CLOCK_MS = 250;

/** The node as the page sees it: the connection, and the latest of everything that several parts show. */
class Node {
  readonly http = new Http();
  readonly stream = new Stream(socketAddress);
  readonly trails = new Trails();

  link = $state.raw<LinkState>(this.stream.state);
  /** Height, seq and time of the newest message. */
  head = $state.raw<Stamp | null>(null);
  status = $state.raw<NodeStatus | null>(null);
  prices = $state.raw<FeedPrice[] | null>(null);
  pool = $state.raw<PoolRisk | null>(null);
  /** None where the node replays nothing. */
  replay = $state.raw<ReplayState | null>(null);
  /** The reader's clock. */
  now = $state(Date.now());
  /** Grows with every return of a lost connection: what was asked before may have gaps. */
  returns = $state(0);

  constructor() {
    this.stream.watch((state) => {
      const isBack = state.link === "open" && this.link.link === "reconnecting";
      this.link = state;
      if (isBack) this.returns += 1;
    });
    this.#follow<NodeStatus>("status", (status) => (this.status = status));
    this.#follow<Page<FeedPrice>>("prices", (page) => {
      this.prices = page.items;
      this.trails.add(page.time, page.items);
    });
    this.#follow<PoolRisk>("pool", (pool) => (this.pool = pool));
    this.#follow<ReplayStatus>("replay", ({ replay }) => (this.replay = replay));
    setInterval(() => (this.now = Date.now()), CLOCK_MS);
  }

  /** Changes how the replay runs, and shows the answer before the channel brings it. */
  async steer(change: { paused?: boolean; speed?: number; jump_to?: number }): Promise<string | null> {
    try {
      this.replay = (await this.http.steerReplay(change)).replay;
      return null;
    } catch (cause) {
      return cause instanceof Refusal ? cause.message : String(cause);
    }
  }

  #follow<Data>(channel: string, take: (data: Data) => void): void {
    this.stream.subscribe<Data>(channel, (update) => {
      this.head = { height: update.height, seq: update.seq, time: update.time };
      // Of a state the next message brings all of it: what was lost between needs no care.
      if (update.kind !== "resync") take(update.data);
    });
  }
}

export const node = new Node();
