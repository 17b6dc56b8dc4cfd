// A node in a process of its own, as somebody starts it: `cistern up`.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

const BINARY = process.env.CISTERN_BINARY;
if (!BINARY) throw new Error("set CISTERN_BINARY to the binary: ./x test does");

/** How long a start may take: a founding of some hundred accounts, each entry durable. */
const START_MS = 120_000;

/** Starts a node and waits for the address that it prints. */
export async function start(folder, port = 0, more = []) {
  const crowd = ["--accounts", "300", "--seed", "5", "--speed", "0.4"];
  const options = ["up", "--dir", folder, "--port", String(port), ...crowd, ...more];
  const child = spawn(BINARY, options, { stdio: ["ignore", "pipe", "pipe"] });
  const said = [];
  const address = await new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no address:\n${said.join("\n")}`)), START_MS);
    const hear = (line) => {
      said.push(line);
      const found = line.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (found) {
        clearTimeout(timer);
        resolve(found[0]);
      }
    };
    for (const stream of [child.stdout, child.stderr]) createInterface({ input: stream }).on("line", hear);
    child.once("exit", (code) => reject(new Error(`ended with ${code}:\n${said.join("\n")}`)));
  });
  return { child, address, port: Number(new URL(address).port) };
}

/** Ends a node with a signal, and waits until it is gone. */
export async function end(node, signal) {
  if (node.child.exitCode !== null || node.child.signalCode !== null) return node.child.exitCode;
  const gone = once(node.child, "exit");
  node.child.kill(signal);
  const [code] = await gone;
  return code;
}

/** Asks a node. */
export async function ask(node, path, body) {
  const options = body && {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  };
  const answer = await fetch(node.address + path, options);
  const json = await answer.json();
  if (!answer.ok) throw new Error(`${path}: ${JSON.stringify(json)}`);
  return json;
}

/** Waits until a condition gives something. */
export async function until(what, condition, patience = 60_000) {
  const ends = Date.now() + patience;
  for (;;) {
    const found = await condition();
    if (found) return found;
    if (Date.now() > ends) throw new Error(`${what} did not come about within ${patience / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}
