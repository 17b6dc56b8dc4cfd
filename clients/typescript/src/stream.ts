import { delay } from "./backoff.ts";
import { Pending } from "./pending.ts";

/** `open`: connected and heard from lately. `silent`: connected, but nothing has come for a while. */
export type Link = "connecting" | "open" | "silent" | "reconnecting" | "closed";

export interface LinkState {
  link: Link;
  /** When the last message came; none before the first. */
  heardAt: number | null;
  /** Attempts since the connection was lost. */
  attempts: number;
}

/** One message of a channel. A `resync` says that updates were lost: ask again for what you show. */
export interface Update<Data = unknown> {
  channel: string;
  seq: number;
  height: number;
  time: number;
  kind: "snapshot" | "update" | "resync";
  data: Data;
}

/** The part of a WebSocket that is used. */
export interface SocketLike {
  send(text: string): void;
  close(): void;
  onopen: (() => void) | null;
  onmessage: ((event: { data: unknown }) => void) | null;
  onclose: (() => void) | null;
}

/** The clock, the timers, the network and the dice; a test brings its own. */
export interface StreamOptions {
  open?: (url: string) => SocketLike;
  now?: () => number;
  later?: (act: () => void, ms: number) => () => void;
  random?: () => number;
}

type Listener = (update: Update) => void;

/** Channels whose every message counts: they resume after the last one seen. The others start with a snapshot. */
const NUMBERED = new Set(["events", "liquidations"]);

/** After this much silence the node is asked for a sign of life. */
const PING_AFTER_MS = 2_000;
/** After this much silence what is shown may be old. */
const SILENT_AFTER_MS = 4_000;
/** After this much silence the connection counts as lost, even if no one has closed it. */
const LOST_AFTER_MS = 12_000;
const WATCH_EVERY_MS = 1_000;

/** Updates of a node over one WebSocket (JSON-RPC 2.0), which comes back by itself and resumes where it stopped. */
export class Stream {
  readonly #url: string;
  readonly #open: (url: string) => SocketLike;
  readonly #now: () => number;
  readonly #later: (act: () => void, ms: number) => () => void;
  readonly #random: () => number;
  readonly #listeners = new Map<string, Set<Listener>>();
  readonly #lastSeq = new Map<string, number>();
  readonly #watchers = new Set<(state: LinkState) => void>();
  readonly #pending = new Pending();
  #socket: SocketLike | null = null;
  #isOpen = false;
  #state: LinkState = { link: "connecting", heardAt: null, attempts: 0 };
  /** When the connection was made or last heard from: silence counts from here. */
  #aliveAt = 0;
  #cancelTimer: () => void = () => {};

  constructor(url: string, options: StreamOptions = {}) {
    this.#url = url;
    this.#open = options.open ?? ((address) => new WebSocket(address) as unknown as SocketLike);
    this.#now = options.now ?? (() => Date.now());
    this.#later = options.later ?? later;
    this.#random = options.random ?? Math.random;
    this.#connect();
  }

  get state(): LinkState {
    return this.#state;
  }

  /** Calls `watcher` now and at every change of the connection. Returns how to stop. */
  watch(watcher: (state: LinkState) => void): () => void {
    this.#watchers.add(watcher);
    watcher(this.#state);
    return () => this.#watchers.delete(watcher);
  }

  /** Hears a channel until the returned function is called. `fromSeq`: resume a numbered channel from there. */
  subscribe<Data>(channel: string, listener: (update: Update<Data>) => void, fromSeq?: number): () => void {
    const known = this.#listeners.get(channel);
    const listeners = known ?? new Set<Listener>();
    listeners.add(listener as Listener);
    this.#listeners.set(channel, listeners);
    if (fromSeq !== undefined && !known) this.#lastSeq.set(channel, fromSeq - 1);
    // A second listener of a conflated channel has missed the snapshot: subscribing again brings one.
    if (this.#isOpen && (!known || !NUMBERED.has(channel))) this.#ask([channel]);
    return () => {
      listeners.delete(listener as Listener);
      if (listeners.size > 0 || this.#listeners.get(channel) !== listeners) return;
      this.#listeners.delete(channel);
      this.#lastSeq.delete(channel);
      if (this.#isOpen) this.#send("unsubscribe", { channels: [channel] }).catch(() => {});
    };
  }

  /** Calls a method of the API over the socket. Throws a {@link Refusal}. */
  call<Answer>(method: string, params: unknown = {}): Promise<Answer> {
    return this.#send(method, params) as Promise<Answer>;
  }

  close(): void {
    this.#cancelTimer();
    this.#drop();
    this.#change({ link: "closed" });
  }

  #connect(): void {
    const socket = this.#open(this.#url);
    this.#socket = socket;
    this.#aliveAt = this.#now();
    socket.onopen = () => {
      this.#isOpen = true;
      this.#aliveAt = this.#now();
      this.#ask([...this.#listeners.keys()]);
    };
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = () => this.#lose();
    this.#watchSilence();
  }

  /** Subscribes to each by itself: the node takes all channels of a request or none, and may lack one (no replay runs). */
  #ask(channels: string[]): void {
    for (const channel of channels) {
      const last = this.#lastSeq.get(channel);
      this.#subscribeTo(last === undefined ? { channels: [channel] } : { channels: [channel], from_seq: last + 1 });
    }
  }

  #subscribeTo(params: { channels: string[]; from_seq?: number }): void {
    this.#send("subscribe", params).catch(() => {
      // A channel that the node does not know stays quiet. A place that it does not know (another log, or one cut
      // short) is given up: start from what is there now, and say so.
      const [channel] = params.channels;
      if (params.from_seq === undefined || channel === undefined || !this.#isOpen) return;
      this.#lastSeq.delete(channel);
      this.#deliver({ channel, seq: 0, height: 0, time: 0, kind: "resync", data: null });
      this.#subscribeTo({ channels: [channel] });
    });
  }

  #send(method: string, params: unknown): Promise<unknown> {
    return this.#pending.send(this.#isOpen ? this.#socket : null, method, params);
  }

  #hear(text: unknown): void {
    this.#aliveAt = this.#now();
    const message = parse(text);
    if (message?.method === "update" && message.params) this.#deliver(message.params);
    else if (message?.id !== undefined) this.#pending.settle(message.id, message);
    this.#change({ link: "open", heardAt: this.#aliveAt, attempts: 0 });
  }

  #deliver(update: Update): void {
    const last = this.#lastSeq.get(update.channel);
    if (NUMBERED.has(update.channel)) {
      const isRepeated = update.kind === "update" && last !== undefined && update.seq <= last;
      if (isRepeated) return;
      this.#lastSeq.set(update.channel, update.seq);
    }
    for (const listener of [...(this.#listeners.get(update.channel) ?? [])]) listener(update);
  }

  #watchSilence(): void {
    this.#cancelTimer = this.#later(() => {
      const silence = this.#now() - this.#aliveAt;
      if (silence >= LOST_AFTER_MS) return this.#lose();
      if (this.#isOpen && silence >= SILENT_AFTER_MS) this.#change({ link: "silent" });
      if (this.#isOpen && silence >= PING_AFTER_MS) this.#send("ping", {}).catch(() => {});
      this.#watchSilence();
    }, WATCH_EVERY_MS);
  }

  #lose(): void {
    if (this.#state.link === "closed") return;
    this.#cancelTimer();
    this.#drop();
    const attempts = this.#state.attempts;
    this.#change({ link: "reconnecting", attempts: attempts + 1 });
    this.#cancelTimer = this.#later(() => this.#connect(), delay(attempts, this.#random));
  }

  /** Lets go of the socket, so that nothing it still says is heard. */
  #drop(): void {
    const socket = this.#socket;
    this.#socket = null;
    this.#isOpen = false;
    if (socket) {
      socket.onopen = socket.onmessage = socket.onclose = null;
      socket.close();
    }
    this.#pending.abandon();
  }

  #change(part: Partial<LinkState>): void {
    this.#state = { ...this.#state, ...part };
    for (const watcher of this.#watchers) watcher(this.#state);
  }
}

interface Message {
  id?: number;
  method?: string;
  params?: Update;
  result?: unknown;
  error?: { message: string; data?: unknown };
}

function parse(text: unknown): Message | null {
  try {
    return JSON.parse(String(text)) as Message;
  } catch {
    return null;
  }
}

function later(act: () => void, ms: number): () => void {
  const timer = setTimeout(act, ms);
  return () => clearTimeout(timer);
}
