import { Refusal, failureIn } from "./refusal.ts";
import type {
  AccountLine,
  AccountSummary,
  Asset,
  FeedPrice,
  Market,
  NodeStatus,
  Page,
  PoolEvent,
  PoolMoment,
  PoolRisk,
  ReplayChange,
  ReplayStatus,
  RiskParams,
  SimulateRequest,
  Simulated,
  TxAccepted,
  TxRequest,
} from "./shapes.ts";

export interface RequestOptions {
  signal?: AbortSignal;
}

type Query = Record<string, string | number | undefined | null>;

/** The requests of the API, one method each. Whatever is not an answer is thrown as a {@link Refusal}. */
export class Http {
  readonly #base: string;
  readonly #fetch: typeof fetch;

  /** `base` is the node's address without a path; empty for the page's own. */
  constructor(base = "", fetcher: typeof fetch = (input, init) => fetch(input, init)) {
    this.#base = base.replace(/\/$/, "");
    this.#fetch = fetcher;
  }

  status(options?: RequestOptions): Promise<NodeStatus> {
    return this.get("/v1/status", {}, options);
  }
  assets(options?: RequestOptions): Promise<Page<Asset>> {
    return this.get("/v1/assets", {}, options);
  }
  markets(options?: RequestOptions): Promise<Page<Market>> {
    return this.get("/v1/markets", {}, options);
  }
  prices(options?: RequestOptions): Promise<Page<FeedPrice>> {
    return this.get("/v1/oracle/prices", {}, options);
  }
  pool(options?: RequestOptions): Promise<PoolRisk> {
    return this.get("/v1/risk/pool", {}, options);
  }
  poolHistory(query: Query = {}, options?: RequestOptions): Promise<Page<PoolMoment>> {
    return this.get("/v1/risk/pool/history", query, options);
  }
  params(options?: RequestOptions): Promise<RiskParams> {
    return this.get("/v1/risk/params", {}, options);
  }
  accounts(query: Query = {}, options?: RequestOptions): Promise<Page<AccountLine>> {
    return this.get("/v1/accounts", query, options);
  }
  account(account: number | string, options?: RequestOptions): Promise<AccountSummary> {
    return this.get(`/v1/accounts/${encodeURIComponent(account)}`, {}, options);
  }
  accountHistory(account: number | string, query: Query = {}, options?: RequestOptions): Promise<Page<PoolEvent>> {
    return this.get(`/v1/accounts/${encodeURIComponent(account)}/history`, query, options);
  }
  /** What happened in the whole pool, newest first. */
  history(query: Query = {}, options?: RequestOptions): Promise<Page<PoolEvent>> {
    return this.get("/v1/history", query, options);
  }
  liquidations(query: Query = {}, options?: RequestOptions): Promise<Page<PoolEvent>> {
    return this.get("/v1/liquidations/history", query, options);
  }
  replay(options?: RequestOptions): Promise<ReplayStatus> {
    return this.get("/v1/replay", {}, options);
  }
  steerReplay(change: ReplayChange, options?: RequestOptions): Promise<ReplayStatus> {
    return this.post("/v1/replay", change, options);
  }
  simulate(request: SimulateRequest, options?: RequestOptions): Promise<Simulated> {
    return this.post("/v1/simulate", request, options);
  }

  /** Sends a command. Refused where the rule that would be broken says so. */
  tx(request: TxRequest, options?: RequestOptions): Promise<TxAccepted> {
    return this.post("/v1/tx", request, options);
  }

  get<Answer>(path: string, query: Query = {}, options: RequestOptions = {}): Promise<Answer> {
    const search = new URLSearchParams();
    for (const [key, value] of Object.entries(query)) {
      if (value !== undefined && value !== null) search.set(key, String(value));
    }
    const suffix = search.size > 0 ? `?${search}` : "";
    return this.#send(path + suffix, { ...options });
  }

  post<Answer>(path: string, body: unknown, options: RequestOptions = {}): Promise<Answer> {
    const headers = { "content-type": "application/json" };
    return this.#send(path, { ...options, method: "POST", headers, body: JSON.stringify(body) });
  }

  async #send<Answer>(path: string, init: RequestInit): Promise<Answer> {
    let response: Response;
    let body: unknown;
    try {
      response = await this.#fetch(this.#base + path, init);
      body = await response.json().catch(() => null);
    } catch (cause) {
      // Whoever gave up on a request wants to hear that, not that the node is gone.
      if (init.signal?.aborted) throw cause;
      throw Refusal.unreachable(cause);
    }
    if (response.ok && body !== null) return body as Answer;
    const failure = failureIn(body);
    if (failure) throw new Refusal(failure, response.status);
    // A proxy or another server stands in between: it does not know our shape.
    const message = `the answer to ${path} is not the API's (HTTP ${response.status})`;
    throw new Refusal({ code: "NOT_THE_API", message, retryable: response.status >= 500 }, response.status);
  }
}
