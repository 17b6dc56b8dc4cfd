import assert from "node:assert/strict";
import { test } from "node:test";

import { delay } from "../src/backoff.ts";
import { Http } from "../src/http.ts";
import type { Refusal } from "../src/refusal.ts";

function answering(status: number, body: string, seen: string[] = []): Http {
  return new Http("http://node/", async (input) => {
    seen.push(String(input));
    return new Response(body, { status });
  });
}

test("a path and a query are put together without what was left out", async () => {
  const seen: string[] = [];
  await answering(200, "{}", seen).accounts({ limit: 50, cursor: undefined });
  await answering(200, "{}", seen).account("0xab:1");
  assert.deepEqual(seen, ["http://node/v1/accounts?limit=50", "http://node/v1/accounts/0xab%3A1"]);
});

test("the API's error shape is thrown", async () => {
  const error = { code: "ACCOUNT_UNKNOWN", message: "no such account", request_id: "r1", retryable: false };
  await assert.rejects(answering(404, JSON.stringify({ error })).account(1), (cause: Refusal) => {
    assert.equal(cause.code, "ACCOUNT_UNKNOWN");
    assert.equal(cause.status, 404);
    assert.equal(cause.requestId, "r1");
    return true;
  });
});

test("an answer of somebody else is told apart from the API's", async () => {
  await assert.rejects(answering(502, "<h1>Bad Gateway</h1>").pool(), (cause: Refusal) => {
    return cause.code === "NOT_THE_API" && cause.retryable;
  });
});

test("a node that does not answer is a refusal too", async () => {
  const http = new Http("", async () => Promise.reject(new TypeError("connection refused")));
  await assert.rejects(http.pool(), (cause: Refusal) => cause.code === "UNREACHABLE" && cause.status === 0);
});

test("delays double up to a limit and never fall below half of it", () => {
  assert.deepEqual([0, 1, 2, 3].map((attempt) => delay(attempt, () => 1)), [250, 500, 1000, 2000]);
  assert.equal(delay(1_000, () => 1), 8_000);
  assert.equal(delay(1_000, () => 0), 4_000);
});
