import { Refusal, failureIn } from "./refusal.ts";

interface Answer {
  result?: unknown;
  error?: { message: string; data?: unknown };
}

interface Caller {
  resolve: (result: unknown) => void;
  reject: (cause: Refusal) => void;
}

/** The calls over a socket that wait for their answer. */
export class Pending {
  readonly #callers = new Map<number, Caller>();
  #lastId = 0;

  /** Sends a call; without a socket it is refused at once, because an old question wants no late answer. */
  send(socket: { send(text: string): void } | null, method: string, params: unknown): Promise<unknown> {
    if (!socket) return Promise.reject(Refusal.unreachable("the connection is down"));
    this.#lastId += 1;
    const id = this.#lastId;
    return new Promise((resolve, reject) => {
      this.#callers.set(id, { resolve, reject });
      socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    });
  }

  settle(id: number, answer: Answer): void {
    const caller = this.#callers.get(id);
    if (!caller) return;
    this.#callers.delete(id);
    if (answer.error) caller.reject(refusal(answer.error));
    else caller.resolve(answer.result);
  }

  /** The connection is gone: nobody will answer. */
  abandon(): void {
    const callers = [...this.#callers.values()];
    this.#callers.clear();
    for (const caller of callers) caller.reject(Refusal.unreachable("the connection was lost"));
  }
}

function refusal(error: NonNullable<Answer["error"]>): Refusal {
  const failure = failureIn(error.data) ?? failureIn({ error: error.data });
  return new Refusal(failure ?? { code: "RPC_ERROR", message: error.message }, 0);
}
