import { Refusal, type SimulateRequest, type Simulated } from "@cistern/client";

import { node } from "../live/node.svelte.ts";

/** Slower than the steps of a slider that is dragged, faster than a reader. */
const DEBOUNCE_MS = 90;

/** The answer to the latest question. An older answer that comes late is dropped. */
export class LatestSimulation {
  answer = $state.raw<Simulated | null>(null);
  refusal = $state<string | null>(null);
  isAsking = $state(false);
  #timer: ReturnType<typeof setTimeout> | undefined;
  #asked: AbortController | undefined;

  ask(request: SimulateRequest): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#send(request), DEBOUNCE_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#asked?.abort();
  }

  async #send(request: SimulateRequest): Promise<void> {
    this.#asked?.abort();
    const asked = new AbortController();
    this.#asked = asked;
    this.isAsking = true;
    try {
      const answer = await node.http.simulate(request, { signal: asked.signal });
      if (asked.signal.aborted) return;
      this.answer = answer;
      this.refusal = null;
    } catch (cause) {
      if (asked.signal.aborted) return;
      this.refusal = cause instanceof Refusal ? cause.message : String(cause);
    }
    this.isAsking = false;
  }
}
