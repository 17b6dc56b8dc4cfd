// Writes src/schema.d.mts from clients/openapi.json; with --compare, fails where the two have drifted apart.
import { readFile, writeFile } from "node:fs/promises";
import openapi, { astToString } from "openapi-typescript";

const source = new URL("../../openapi.json", import.meta.url);
const target = new URL("../src/schema.d.mts", import.meta.url);
const head = "// Generated from clients/openapi.json by `npm run generate`. Do not edit.\n\n";

const fresh = head + astToString(await openapi(source, { alphabetize: true }));

if (process.argv.includes("--compare")) {
  const kept = await readFile(target, "utf8").catch(() => "");
  if (kept !== fresh) {
    console.error("src/schema.d.mts is not what clients/openapi.json says: npm run generate, read it, commit it");
    process.exit(1);
  }
} else {
  await writeFile(target, fresh);
}
