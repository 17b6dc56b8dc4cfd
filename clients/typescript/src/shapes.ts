// What the API sends and takes, by the names of its description. The description does not say of a field that may be
// null that it is always there: read both `null` and absent as "none" (`== null`).
import type { components } from "./schema.mjs";

type Schemas = components["schemas"];

/** A decimal number as text: "1234.56". Never turn it into a float, except to draw. */
export type Decimal = string;

/** After which entry an answer holds. */
export interface Stamp {
  height: number;
  seq: number;
  /** The pool's clock, in milliseconds since 1970. */
  time: number;
}

export type Page<Item> = Stamp & { items: Item[]; next_cursor?: string | null };

export type Failure = Schemas["Error"];
export type FailureCode = Schemas["ErrorCode"];
export type NodeStatus = Schemas["NodeStatus"];
export type Asset = Schemas["Asset"];
export type Market = Schemas["Market"];
export type FeedPrice = Schemas["FeedPrice"];
export type PriceValidity = Schemas["PriceValidity"];
export type AccountStatus = Schemas["AccountStatus"];
export type AccountLine = Schemas["AccountLine"];
export type AccountSummary = Schemas["AccountSummary"];
export type MarginSummary = Schemas["MarginSummary"];
export type AddOn = Schemas["AddOn"];
export type Contribution = Schemas["Contribution"];
export type RequirementPart = Schemas["RequirementPart"];
export type PoolRisk = Schemas["PoolRisk"];
export type PoolMoment = Schemas["PoolMoment"];
export type HealthBand = Schemas["HealthBand"];
export type RiskParams = Schemas["RiskParams"];
export type FactorParams = Schemas["FactorParams"];
export type Act = Schemas["Act"];
export type EventKind = Schemas["EventKind"];
export type Command = Schemas["Command"];
export type SimulateRequest = Schemas["SimulateRequest"];
export type Simulated = Schemas["Simulated"];
export type ReplayState = Schemas["ReplayState"];
export type ReplayStatus = Schemas["ReplayStatus"];
export type ReplayChange = Schemas["ReplayChange"];
export type TxRequest = Schemas["TxRequest"];
export type TxAccepted = Schemas["TxAccepted"];

/** A fact of the log with its place: `type` says which, the other fields are its own. */
export interface PoolEvent {
  seq: number;
  height: number;
  time: number;
  type: string;
  [field: string]: unknown;
}
