import assert from "node:assert/strict";
import { test } from "node:test";

import { bands, isWithin } from "../src/pool/bands.ts";
import { rows } from "../src/pool/rows.ts";
import { joined } from "../src/risk/decisions.ts";
import { describe } from "../src/words/acts.ts";
import { sentence, tell } from "../src/words/events.ts";
import { marginTone } from "../src/words/standing.ts";

const at = { seq: 1, height: 1, time: 0 };

test("a liquidation is told in plain words", () => {
  const told = tell({ ...at, type: "liquidation_stepped", account: 17, liquidator: 3, closed: "12400.5", penalty: "310" });
  assert.equal(told.text, "$12,401 taken over by account 3, penalty $310.00");
  assert.equal(told.account, 17);
});

test("a shared loss names who bears it", () => {
  const lenders = tell({ ...at, type: "loss_socialised", account: 9, bearer: { type: "lenders", asset: "USDC", amount: "5" }, value: "5" });
  assert.match(lenders.text, /borne by the lenders of USDC$/);
  const winner = tell({ ...at, type: "loss_socialised", account: 9, bearer: { type: "profit", account: 4 }, value: "5" });
  assert.match(winner.text, /borne by account 4, from its profit$/);
});

test("an event that nobody wrote words for is still told", () => {
  assert.deepEqual(tell({ ...at, type: "backstop_appointed", account: 2 }).title, "Backstop appointed");
  assert.equal(sentence("set_oracle"), "Set oracle");
});

test("an act is told with its numbers", () => {
  assert.equal(describe({ type: "set_borrow_cap", asset: "ETH", cap: "90000" }), "Set borrow cap: asset ETH, cap 90,000");
});

test("bands join without a gap and every health is in one", () => {
  const all = bands([
    { below: "1", accounts: 2 },
    { below: "1.250000000", accounts: 3 },
    { below: null, accounts: 4 },
  ]);
  assert.deepEqual(all.map((band) => band.label), ["below 1", "1 – 1.25", "1.25 and up"]);
  assert.deepEqual(all.map((band) => band.tone), ["bad", "warn", "good"]);
  for (const health of ["0", "0.999", "1", "1.2", "1.25", "40", null]) {
    assert.equal(all.filter((band) => isWithin(band, health)).length, 1, `${health}`);
  }
});

test("margin is green below 60 %, amber below 85 % and red from there on", () => {
  assert.deepEqual(["0.599", "0.6", "0.849", "0.85", "3"].map(marginTone), ["good", "warn", "warn", "bad", "bad"]);
});

test("what became of an act is told with what the act was", () => {
  const act = { type: "set_borrow_cap", asset: "ETH", cap: "90000" };
  const scheduled = [{ ...at, seq: 5, type: "act_scheduled", act_id: 3, act }];
  const ended = [
    { ...at, seq: 9, type: "act_executed", act_id: 3 },
    { ...at, seq: 12, type: "pool_paused" },
    { ...at, seq: 11, type: "act_vetoed", act_id: 2 },
  ];
  assert.deepEqual(
    joined(scheduled, ended).map(({ seq, how, text }) => [seq, how, text]),
    [
      [12, "paused", "New risk is refused"],
      [11, "struck out", "Act no. 2"],
      [9, "took effect", "Set borrow cap: asset ETH, cap 90,000"],
    ],
  );
});

test("what a check finds at once is one line, and what a liquidation implies is none", () => {
  const restored = [17, 18, 19].map((account) => ({ ...at, seq: 40 - account, type: "margin_restored", account }));
  const lines = rows([
    ...restored,
    { ...at, seq: 9, time: -5, type: "margin_restored", account: 4 },
    { ...at, seq: 8, time: -5, type: "liquidation_stepped", account: 4, liquidator: 3, closed: "10", penalty: "1" },
  ]);
  assert.deepEqual(
    lines.map(({ type, events, account }) => [type, events, account]),
    [
      ["margin_restored", 3, null],
      ["liquidation_stepped", 1, 4],
    ],
  );
  assert.match(lines[0]?.text ?? "", /^3 accounts/);
});
