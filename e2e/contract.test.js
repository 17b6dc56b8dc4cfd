// The served description of the API against the API itself: schemathesis looks for an answer that it does not describe.
import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";
import { end, start } from "./node.js";

const TESTER = process.env.SCHEMATHESIS;
/** What is looked for; that bad input is refused and good input accepted is the business of our own tests. */
const CHECKS = [
  "not_a_server_error",
  "status_code_conformance",
  "content_type_conformance",
  "response_headers_conformance",
  "response_schema_conformance",
];
/** Printed by schemathesis where something fails; another one finds other things. */
const SEED = process.env.SEED ?? "20261125";

test("no request is answered with an error of the server or with anything undocumented", async () => {
  assert.ok(TESTER, "set SCHEMATHESIS to the command: ./x test does");
  const folder = mkdtempSync(join(tmpdir(), "cistern-contract-"));
  const node = await start(folder, 0, ["--dev"]);
  try {
    const options = ["run", `${node.address}/v1/openapi.json`, "--checks", CHECKS.join(","), "--seed", SEED];
    // One worker: Python 3.11 fails in its own parser where two threads parse at once.
    const limits = ["--max-examples", "25", "--workers", "1", "--phases", "examples,coverage,fuzzing", "--no-color"];
    console.log(`SEED=${SEED}`);
    const tester = spawn(TESTER, [...options, ...limits], { stdio: ["ignore", "pipe", "pipe"], cwd: folder });
    const said = [];
    for (const stream of [tester.stdout, tester.stderr]) stream.on("data", (bytes) => said.push(bytes));
    const [code] = await once(tester, "exit");
    assert.equal(code, 0, Buffer.concat(said).toString());
    assert.equal(node.child.exitCode, null, "the node still runs");
  } finally {
    assert.equal(await end(node, "SIGTERM"), 0);
    rmSync(folder, { recursive: true, force: true });
  }
});
