// Changes of the pool, in a sentence.
import * as format from "../number/format.ts";
import { sentence } from "./events.ts";

type Fields = Record<string, unknown>;

/** An act as it is scheduled: what it is, of what, and its numbers. */
export function describe(act: Fields): string {
  const type = typeof act.type === "string" ? act.type : "change";
  const parts = Object.entries(act)
    .filter(([name]) => name !== "type")
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${written(value)}`);
  return parts.length > 0 ? `${sentence(type)}: ${parts.join(", ")}` : sentence(type);
}

function written(value: unknown): string {
  if (value === null || value === undefined) return "–";
  if (typeof value !== "object") return plain(String(value));
  return Object.entries(value as Fields)
    .map(([name, inner]) => `${name.replaceAll("_", " ")} ${written(inner)}`)
    .join(", ");
}

function plain(text: string): string {
  const number = format.amount(text);
  return number === "–" ? text : number;
}
