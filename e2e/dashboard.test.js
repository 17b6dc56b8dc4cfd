// The dashboard shows a crash, answers "what if", and survives its node: in a real browser, on a real node.
import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { by, launch, page } from "./browser.js";
import { ask, end, start, until } from "./node.js";

const DESKTOP = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };
/** Where pictures go: into the README when they are written anew, to nobody otherwise. */
const GOLDEN = process.env.CISTERN_GOLDEN === "write";

let folder;
let node;
let browser;

before(async () => {
  folder = mkdtempSync(join(tmpdir(), "cistern-e2e-"));
  [node, browser] = await Promise.all([start(folder), launch()]);
});

after(async () => {
  await browser?.close();
  if (node) assert.equal(await end(node, "SIGTERM"), 0, "a node that is told to end ends well");
  if (folder) rmSync(folder, { recursive: true, force: true });
});

/** Opens a page of the dashboard and waits until it is live. */
async function open(path, size, scheme) {
  const opened = await page(browser, size, scheme);
  await opened.goto(`${node.address}/${path}`);
  await opened.waitForSelector(`${by("pill")}[data-state="live"]`);
  return opened;
}

/** Lets the crash go on until it has liquidated somebody. */
async function crash() {
  const { replay } = await ask(node, "/v1/replay");
  const deep = replay.start + (replay.end - replay.start) * 0.6;
  if (replay.position < deep) await ask(node, "/v1/replay", { jump_to: Math.round(deep), paused: false });
  await until("the crash", async () => (await ask(node, "/v1/replay")).replay.position >= deep - 600_000);
  // It stands there until a test needs it to move: on a slow machine it would be over before.
  await ask(node, "/v1/replay", { paused: true });
  await until("a liquidation", async () => (await ask(node, "/v1/risk/pool")).liquidations.steps > 0);
}

async function shot(opened, name) {
  if (GOLDEN) await opened.screenshot({ path: new URL(`../docs/images/${name}.png`, import.meta.url).pathname });
}

test("the pool page shows the crash", async () => {
  await crash();
  const opened = await open("#/pool", DESKTOP);
  await opened.waitForSelector(by("liquidation-item"));
  assert.ok((await opened.locator(by("price-tile")).count()) >= 4);
  const health = await opened.locator(by("health-band")).count();
  assert.ok(health >= 4, `${health} bands of health`);
  const pool = await ask(node, "/v1/risk/pool");
  assert.match(await opened.locator(by("pool-accounts")).innerText(), new RegExp(String(pool.accounts)));
  await opened.waitForSelector(`${by("equity-chart")} canvas`);
  await shot(opened, "dashboard");
  assert.deepEqual(opened.errors, []);
  await opened.context().close();
});

test("figures follow the node without a reload", async () => {
  const opened = await open("#/pool", DESKTOP);
  const height = async () => Number((await opened.locator(by("pill-height")).innerText()).replace(/\D/g, ""));
  const first = await height();
  await ask(node, "/v1/replay", { paused: false });
  await until("a greater height", async () => (await height()) > first);
  await ask(node, "/v1/replay", { paused: true });
  assert.deepEqual(opened.errors, []);
  await opened.context().close();
});

test("a what-if shows before and after, and the rule that would refuse", async () => {
  await ask(node, "/v1/replay", { paused: true });
  const { items } = await ask(node, "/v1/accounts?sort=health&limit=20");
  const account = items.find((item) => item.health !== null).account;
  const opened = await open(`#/account/${account}`, DESKTOP);
  const summary = await ask(node, `/v1/accounts/${account}`);
  const shown = await opened.locator(by("account-equity")).innerText();
  const whole = Math.trunc(Math.abs(Number(summary.equity))).toLocaleString("en-US");
  assert.ok(shown.replace(/[^\d,.]/g, "").includes(whole), `${shown} is not ${summary.equity}`);
  await opened.locator(by("what-if-all")).fill("-40");
  await opened.waitForFunction((selector) => {
    const [before, after] = selector.map((name) => document.querySelector(name)?.textContent ?? "");
    return before !== "" && after !== "" && before !== after;
  }, [by("before-equity"), by("after-equity")]);
  await shot(opened, "account");
  await opened.locator(by("what-if-reset")).click();
  // One factor alone: the page shows what the node itself answers.
  const slider = opened.locator(by("what-if-factor")).first();
  const factor = await slider.getAttribute("data-factor");
  const { after } = await ask(node, "/v1/simulate", { account, price_shocks: { [factor]: "-0.25" } });
  await slider.fill("-25");
  const digits = (text) => text.replace(/[^\d,]/g, "");
  const expected = digits(Math.trunc(Math.abs(Number(after.equity))).toLocaleString("en-US"));
  await until(`an equity of ${after.equity} after it`, async () =>
    digits((await opened.locator(by("after-equity")).innerText()).split(".")[0]) === expected, 15_000);
  await opened.locator(by("what-if-reset")).click();
  await opened.locator(by("what-if-amount")).fill("999999999");
  await opened.locator(by("what-if-try")).click();
  await opened.waitForFunction((selector) => /\w{3}/.test(document.querySelector(selector)?.textContent ?? ""), by("what-if-verdict"));
  assert.deepEqual(opened.errors, []);
  await opened.context().close();
});

test("the replay can be held and sped up", async () => {
  const opened = await open("#/replay", DESKTOP);
  await ask(node, "/v1/replay", { paused: false });
  // The page knows that it runs: its button would hold it now.
  await opened.locator(by("replay-toggle"), { hasText: "Pause" }).waitFor();
  await opened.locator(by("replay-toggle")).click();
  await until("a held replay", async () => (await ask(node, "/v1/replay")).replay.paused);
  assert.match(await opened.locator(by("replay-label")).innerText(), /reconstructed/i);
  assert.deepEqual(opened.errors, []);
  await opened.context().close();
});

test("every page fits a phone and the dark", async () => {
  const { items } = await ask(node, "/v1/accounts?sort=health&limit=1");
  for (const path of ["#/pool", `#/account/${items[0].account}`, "#/risk", "#/replay"]) {
    const opened = await open(path, PHONE, "dark");
    const width = await opened.evaluate(() => document.documentElement.scrollWidth);
    assert.ok(width <= PHONE.width, `${path} is ${width} wide`);
    if (path === "#/pool") await shot(opened, "phone");
    assert.deepEqual(opened.errors, [], path);
    await opened.context().close();
  }
});

test("a keyboard alone reaches the pages", async () => {
  const opened = await open("#/pool", DESKTOP);
  await opened.keyboard.press("Tab");
  const first = await opened.evaluate(() => document.activeElement?.textContent ?? "");
  assert.match(first, /skip/i);
  await opened.context().close();
});

test("a node that is killed comes back, and the page with it", async () => {
  const opened = await open("#/pool", DESKTOP);
  const { height, chain } = await ask(node, "/v1/status");
  opened.nodeIsGone(true);
  await end(node, "SIGKILL");
  await opened.waitForSelector(`${by("pill")}[data-state="reconnecting"]`);
  node = await start(folder, node.port);
  const back = await ask(node, "/v1/status");
  assert.ok(back.height >= height, `${back.height} is before ${height}`);
  if (back.height === height) assert.equal(back.chain, chain);
  await opened.waitForSelector(`${by("pill")}[data-state="live"]`, { timeout: 60_000 });
  opened.nodeIsGone(false);
  await opened.waitForSelector(by("price-tile"));
  assert.deepEqual(opened.errors, []);
  await opened.context().close();
});
