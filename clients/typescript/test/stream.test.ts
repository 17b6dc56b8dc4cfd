import assert from "node:assert/strict";
import { test } from "node:test";

import { Refusal } from "../src/refusal.ts";
import { Stream, type Update } from "../src/stream.ts";
import { World } from "./fake_socket.ts";

function connected(): { world: World; stream: Stream } {
  const world = new World();
  const stream = new Stream("ws://node/v1/ws", world.options);
  world.socket.accept();
  world.socket.say({ jsonrpc: "2.0", id: 0, result: {} });
  return { world, stream };
}

test("a lost connection comes back, later each time", () => {
  const { world, stream } = connected();
  world.socket.breakOff();
  assert.equal(stream.state.link, "reconnecting");
  const waits: number[] = [];
  for (let attempt = 0; attempt < 4; attempt += 1) {
    const before = world.now;
    const count = world.sockets.length;
    while (world.sockets.length === count) world.pass(50);
    waits.push(world.now - before);
    world.socket.breakOff();
  }
  assert.deepEqual(waits, [250, 500, 1000, 2000]);
  assert.equal(stream.state.attempts, 5);
});

test("after a reconnect every channel is asked for again, a numbered one after the last seen", () => {
  const { world, stream } = connected();
  stream.subscribe("pool", () => {});
  stream.subscribe("liquidations", () => {});
  world.socket.update("liquidations", 41);
  world.socket.breakOff();
  world.pass(300);
  world.socket.accept();
  assert.deepEqual(world.socket.subscriptions(), [
    { channels: ["pool"] },
    { channels: ["liquidations"], from_seq: 42 },
  ]);
});

test("what a resumed channel repeats is heard once", () => {
  const { world, stream } = connected();
  const heard: number[] = [];
  stream.subscribe("events", (update) => heard.push(update.seq), 10);
  for (const seq of [10, 11, 11, 10, 12]) world.socket.update("events", seq);
  assert.deepEqual(heard, [10, 11, 12]);
});

test("a place that the node no longer knows is given up with a resync", async () => {
  const { world, stream } = connected();
  const kinds: string[] = [];
  stream.subscribe("events", (update) => kinds.push(update.kind), 10);
  const asked = world.socket.sent.at(-1);
  world.socket.say({ jsonrpc: "2.0", id: asked?.id, error: { code: -32000, message: "gone" } });
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(kinds, ["resync"]);
  assert.deepEqual(world.socket.subscriptions().at(-1), { channels: ["events"] });
});

test("a resync reaches the listener and moves the place to resume from", () => {
  const { world, stream } = connected();
  const kinds: string[] = [];
  stream.subscribe("liquidations", (update: Update) => kinds.push(update.kind));
  world.socket.update("liquidations", 5);
  world.socket.update("liquidations", 90, "resync");
  world.socket.breakOff();
  world.pass(300);
  world.socket.accept();
  assert.deepEqual(kinds, ["update", "resync"]);
  assert.deepEqual(world.socket.subscriptions(), [{ channels: ["liquidations"], from_seq: 91 }]);
});

test("silence is asked about, then shown, then taken for a lost connection", () => {
  const { world, stream } = connected();
  const first = world.socket;
  world.pass(2_000);
  assert.equal(first.sent.at(-1)?.method, "ping");
  assert.equal(stream.state.link, "open");
  world.pass(2_000);
  assert.equal(stream.state.link, "silent");
  world.pass(8_000);
  assert.equal(stream.state.link, "reconnecting");
  assert.equal(first.isClosed, true);
});

test("an answer to the ping keeps the connection open", () => {
  const { world, stream } = connected();
  for (let second = 0; second < 60; second += 1) {
    world.pass(1_000);
    const last = world.socket.sent.at(-1);
    if (last?.method === "ping") world.socket.say({ jsonrpc: "2.0", id: last.id, result: {} });
  }
  assert.equal(stream.state.link, "open");
  assert.equal(world.sockets.length, 1);
});

test("a connection that is never accepted is given up", () => {
  const world = new World();
  const stream = new Stream("ws://node/v1/ws", world.options);
  world.pass(13_000);
  assert.equal(stream.state.attempts, 1);
  assert.equal(world.sockets.length, 2);
});

test("a call that is refused throws the API's error", async () => {
  const { world, stream } = connected();
  const call = stream.call("account", { account: 9_999 });
  const failure = { code: "ACCOUNT_UNKNOWN", message: "no such account", details: {}, retryable: false };
  const id = world.socket.sent.at(-1)?.id;
  world.socket.say({ jsonrpc: "2.0", id, error: { code: -32000, message: "no such account", data: failure } });
  await assert.rejects(call, (cause: Refusal) => cause.code === "ACCOUNT_UNKNOWN");
});

test("a call that the connection takes down with it is told so", async () => {
  const { world, stream } = connected();
  const call = stream.call("pool");
  world.socket.breakOff();
  await assert.rejects(call, (cause: Refusal) => cause.code === "UNREACHABLE" && cause.retryable);
});

test("the last listener that leaves ends the subscription", () => {
  const { world, stream } = connected();
  const leave = stream.subscribe("account.17", () => {});
  const leaveToo = stream.subscribe("account.17", () => {});
  leave();
  assert.notEqual(world.socket.sent.at(-1)?.method, "unsubscribe");
  leaveToo();
  assert.deepEqual(world.socket.sent.at(-1)?.params, { channels: ["account.17"] });
});

test("a closed stream stays closed", () => {
  const { world, stream } = connected();
  stream.close();
  world.pass(60_000);
  assert.equal(world.sockets.length, 1);
  assert.equal(stream.state.link, "closed");
});
