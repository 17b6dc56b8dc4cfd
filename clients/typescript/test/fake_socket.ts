import type { SocketLike, StreamOptions } from "../src/stream.ts";

interface Sent {
  id: number;
  method: string;
  params: Record<string, unknown>;
}

/** The far end of a connection, moved by hand. */
export class Socket implements SocketLike {
  onopen: (() => void) | null = null;
  onmessage: ((event: { data: unknown }) => void) | null = null;
  onclose: (() => void) | null = null;
  readonly sent: Sent[] = [];
  isClosed = false;

  send(text: string): void {
    this.sent.push(JSON.parse(text) as Sent);
  }
  close(): void {
    this.isClosed = true;
  }

  accept(): void {
    this.onopen?.();
  }
  say(message: unknown): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }
  update(channel: string, seq: number, kind = "update", data: unknown = null): void {
    this.say({ jsonrpc: "2.0", method: "update", params: { channel, seq, height: seq, time: seq, kind, data } });
  }
  breakOff(): void {
    this.onclose?.();
  }
  subscriptions(): Record<string, unknown>[] {
    return this.sent.filter((call) => call.method === "subscribe").map((call) => call.params);
  }
}

/** Time that passes when the test says so, and every socket that was opened meanwhile. */
export class World {
  readonly sockets: Socket[] = [];
  now = 1_000_000;
  #timers: { at: number; act: () => void }[] = [];

  readonly options: StreamOptions = {
    open: () => {
      const socket = new Socket();
      this.sockets.push(socket);
      return socket;
    },
    now: () => this.now,
    random: () => 1,
    later: (act, ms) => {
      const timer = { at: this.now + ms, act };
      this.#timers.push(timer);
      return () => {
        this.#timers = this.#timers.filter((other) => other !== timer);
      };
    },
  };

  get socket(): Socket {
    const last = this.sockets.at(-1);
    if (!last) throw new Error("no socket was opened");
    return last;
  }

  pass(ms: number): void {
    const until = this.now + ms;
    for (;;) {
      const due = this.#timers.filter((timer) => timer.at <= until).sort((a, b) => a.at - b.at)[0];
      if (!due) break;
      this.#timers = this.#timers.filter((timer) => timer !== due);
      this.now = due.at;
      due.act();
    }
    this.now = until;
  }
}
