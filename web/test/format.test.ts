import assert from "node:assert/strict";
import { test } from "node:test";

import { minus, plus, sign, times } from "../src/number/decimal.ts";
import { age, amount, fixed, money, moneyShort, percent, price, signed } from "../src/number/format.ts";

test("money is grouped and rounded from its text, however long", () => {
  assert.equal(money("123456789012345678901234.565"), "$123,456,789,012,345,678,901,234.57");
  assert.equal(money("0.1"), "$0.10");
  assert.equal(money("-1234.5"), "−$1,234.50");
  assert.equal(money(null), "–");
  assert.equal(money("not a number"), "–");
});

test("what rounds to nothing has no sign", () => {
  assert.equal(money("-0.001"), "$0.00");
  assert.equal(signed("-0.001"), "$0.00");
  assert.equal(signed("0.001"), "$0.00");
});

test("halves round away from zero", () => {
  assert.equal(fixed("2.5", 0), "3");
  assert.equal(fixed("-2.5", 0), "−3");
  assert.equal(fixed("2.4999", 0), "2");
});

test("large money is short and small money is whole", () => {
  assert.equal(moneyShort("987654321.12"), "$988\u202fM");
  assert.equal(moneyShort("1234567.8"), "$1.23\u202fM");
  assert.equal(moneyShort("-45600000000"), "−$45.6\u202fB");
  assert.equal(moneyShort("123456.78"), "$123,457");
  assert.equal(moneyShort("12.3"), "$12.30");
});

test("a price has the places that its size asks for", () => {
  assert.deepEqual(
    ["57123.4", "1800.5", "1", "0.03871", "0.00000012"].map(price),
    ["$57,123", "$1,800.50", "$1.0000", "$0.03871", "$0.00000012"],
  );
});

test("an amount has no zeros at the end", () => {
  assert.deepEqual(["10.500000", "100", "0.000000000000000001", "1234567.125"].map(amount), ["10.5", "100", "0", "1,234,567.13"]);
});

test("a fraction is written in per cent", () => {
  assert.equal(percent("0.1234", 1), "12.3\u202f%");
  assert.equal(percent("-0.5", 0), "−50\u202f%");
  assert.equal(percent("1", 0), "100\u202f%");
});

test("what is above zero says so without colour", () => {
  assert.equal(signed("12"), "+$12.00");
  assert.equal(signed("0"), "$0.00");
  assert.equal(signed("-0.2", (text) => percent(text, 0)), "−20\u202f%");
});

test("sums and products are exact", () => {
  assert.equal(plus("0.1", "0.2"), "0.3");
  assert.equal(minus("1", "0.000000000000000001"), "0.999999999999999999");
  assert.equal(times("1800", "0.80"), "1440.00");
  assert.equal(sign("-0.0"), 0);
});

test("an age is told in the unit that fits", () => {
  assert.deepEqual([400, 12_000, 200_000, 7_200_000].map(age), ["0.4\u202fs", "12\u202fs", "3\u202fmin", "2\u202fh"]);
});
