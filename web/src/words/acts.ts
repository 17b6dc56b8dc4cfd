// Changes of the pool, in a sentence.
import type { PoolEvent } from "@cistern/client";

import * as format from "../number/format.ts";
import { sentence, tell } from "./events.ts";

/** Events that tell of a change that took effect, was struck out or lapsed. */
export const PAST_ACTS = "governance";

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

export function told(event: PoolEvent): string {
  const { title, text } = tell(event);
  return text ? `${title}: ${text}` : title;
}
