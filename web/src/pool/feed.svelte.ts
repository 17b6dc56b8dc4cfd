import type { Page, PoolEvent, Stream } from "@cistern/client";

/** Many become one line: enough to fill the feed after a check that found hundreds. */
const KEPT_MAX = 600;

type Ask = (query: { limit: number }) => Promise<Page<PoolEvent>>;

/** The newest events of some channels, newest first, with what the node kept from before. */
export class Feed {
  items = $state.raw<PoolEvent[]>([]);
  hasLoaded = $state(false);
  readonly #channels: string[];
  readonly #ask: Ask;
  #waiting: PoolEvent[] = [];
  #frame = 0;

  constructor(channels: string[], ask: Ask) {
    this.#channels = channels;
    this.#ask = ask;
  }

  async load(): Promise<void> {
    const page = await this.#ask({ limit: KEPT_MAX }).catch(() => null);
    if (page) this.#merge(page.items);
    this.hasLoaded = true;
  }

  /** Hears the channels until the returned function is called. */
  follow(stream: Stream): () => void {
    const leave = this.#channels.map((channel) =>
      stream.subscribe<PoolEvent>(channel, (update) => {
        if (update.kind === "resync") void this.load();
        else if (update.data) this.#add(update.data);
      }),
    );
    return () => {
      cancelAnimationFrame(this.#frame);
      this.#frame = 0;
      for (const each of leave) each();
    };
  }

  /** A crash brings hundreds within a moment: they are shown together, once a frame. */
  #add(event: PoolEvent): void {
    this.#waiting.push(event);
    if (this.#frame !== 0) return;
    this.#frame = requestAnimationFrame(() => {
      this.#frame = 0;
      this.#merge(this.#waiting.splice(0));
    });
  }

  #merge(events: PoolEvent[]): void {
    const bySeq = new Map([...this.items, ...events].map((event) => [event.seq, event]));
    this.items = [...bySeq.values()].sort((a, b) => b.seq - a.seq).slice(0, KEPT_MAX);
  }
}
