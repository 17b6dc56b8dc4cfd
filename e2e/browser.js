// A real browser, and everything that it complains about.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";

const PLACES = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** Starts the browser of this machine. Its own services stay silent: nothing here reaches a network. */
export async function launch() {
  const executablePath = process.env.CHROMIUM ?? PLACES.find((place) => existsSync(place));
  if (!executablePath) throw new Error("no Chromium found; install it, or set CHROMIUM to its path");
  const quiet = ["quic", "background-networking", "component-update", "sync", "gpu"].map((what) => `--disable-${what}`);
  return chromium.launch({ executablePath, args: ["--no-sandbox", "--no-first-run", ...quiet] });
}

/** A page that collects its errors; `errors` is empty as long as nothing is wrong. */
export async function page(browser, size, colorScheme = "light") {
  const context = await browser.newContext({ viewport: size, colorScheme, reducedMotion: "reduce" });
  const opened = await context.newPage();
  const errors = [];
  let isGone = false;
  opened.on("pageerror", (error) => errors.push(String(error)));
  opened.on("console", (message) => {
    if (message.type() !== "error") return;
    // While the node is gone the browser itself reports each connection that is refused; no page can keep it from that.
    if (isGone && /ERR_CONNECTION_REFUSED|ERR_CONNECTION_RESET|ERR_EMPTY_RESPONSE|WebSocket connection/.test(message.text())) return;
    errors.push(message.text());
  });
  return Object.assign(opened, { errors, nodeIsGone: (gone) => (isGone = gone) });
}

export const by = (name) => `[data-testid="${name}"]`;
