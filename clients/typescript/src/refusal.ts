import type { Failure } from "./shapes.ts";

/** What a failure tells; the API tells all of it, a failed connection less. */
export type Told = Pick<Failure, "message"> & Partial<Omit<Failure, "code" | "message">> & { code: string };

/** What the API answered in place of what was asked: its one error shape, or the lack of an answer. */
export class Refusal extends Error {
  override readonly name = "Refusal";
  /** The API's, or UNREACHABLE, NOT_THE_API, RPC_ERROR where the API did not answer. */
  readonly code: string;
  readonly details: Record<string, unknown>;
  readonly requestId: string | null;
  readonly retryable: boolean;
  /** HTTP status; 0 where nothing answered. */
  readonly status: number;

  constructor(failure: Told, status: number) {
    super(failure.message);
    this.code = failure.code;
    this.details = failure.details ?? {};
    this.requestId = failure.request_id ?? null;
    this.retryable = failure.retryable ?? false;
    this.status = status;
  }

  static unreachable(cause: unknown): Refusal {
    const message = cause instanceof Error ? cause.message : String(cause);
    return new Refusal({ code: "UNREACHABLE", message: `the node did not answer: ${message}`, retryable: true }, 0);
  }
}

/** The error shape within a body, if it is one. */
export function failureIn(body: unknown): Told | null {
  const error = (body as { error?: unknown } | null)?.error as Partial<Told> | undefined;
  return typeof error?.code === "string" && typeof error.message === "string" ? (error as Told) : null;
}
