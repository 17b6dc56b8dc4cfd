// What happened, in a sentence.
import type { PoolEvent } from "@cistern/client";

import { drawn } from "../number/decimal.ts";
import * as format from "../number/format.ts";

export type Tone = "good" | "warn" | "bad" | "idle";

export interface Told {
  tone: Tone;
  /** A sign beside the colour. */
  sign: string;
  /** A word or two. */
  title: string;
  text: string;
  account: number | null;
}

type Fields = Record<string, string | number | undefined>;
type Teller = (event: Fields) => Omit<Told, "account">;

/** Cents only where there is little else. */
function dollars(value: string | number | undefined): string {
  const text = value === undefined ? null : String(value);
  return format.money(text, Math.abs(drawn(text)) < 1_000 ? 2 : 0);
}

/** The pool's own accounts have names. */
function who(account: unknown): string {
  if (account === 0) return "the insurance fund";
  return account === 1 ? "the clearing account" : `account ${account}`;
}

const units = (amount: string | number | undefined, asset: string | number | undefined) =>
  `${format.amount(amount === undefined ? null : String(amount))} ${asset ?? ""}`.trim();

const TELLERS: Record<string, Teller> = {
  margin_breached: (e) => ({
    tone: "warn",
    sign: "!",
    title: "Breach",
    text: `equity ${dollars(e.equity)} is below the ${dollars(e.requirement)} required`,
  }),
  margin_restored: () => ({ tone: "good", sign: "✓", title: "Restored", text: "above its maintenance margin again" }),
  liquidation_stepped: (e) => ({
    tone: "bad",
    sign: "↓",
    title: "Liquidation",
    text: `${dollars(e.closed)} taken over by ${who(e.liquidator)}, penalty ${dollars(e.penalty)}`,
  }),
  liquidation_deferred: () => ({ tone: "warn", sign: "…", title: "Waiting", text: "nobody can take it over yet" }),
  bad_debt_recorded: (e) => ({
    tone: "bad",
    sign: "✕",
    title: "Bad debt",
    text: `equity is used up, ${dollars(e.deficit)} cannot be paid`,
  }),
  insurance_paid: (e) => ({
    tone: "warn",
    sign: "−",
    title: "Insurance",
    text: `the insurance fund paid ${dollars(e.value)} for it`,
  }),
  loss_socialised: (e) => ({
    tone: "bad",
    sign: "÷",
    title: "Shared loss",
    text: `${dollars(e.value)} of its loss is borne by ${bearer(e.bearer)}`,
  }),
  debt_written_off: (e) => ({
    tone: "bad",
    sign: "✕",
    title: "Written off",
    text: `${units(e.amount, e.asset)} written off against its lenders`,
  }),
  collateral_debited: (e) => ({ ...PLAIN, sign: "−", title: "Out", text: units(e.amount, e.asset) }),
  collateral_credited: (e) => ({ ...PLAIN, sign: "+", title: "In", text: units(e.amount, e.asset) }),
  filled: (e) => ({
    ...PLAIN,
    title: "Trade",
    text: `${units(e.size, e.market)} at ${format.price(String(e.price))}, ${who(e.buyer)} buys from ${who(e.seller)}`,
  }),
  position_changed: (e) => ({
    ...PLAIN,
    title: "Position",
    text: `now ${units(e.size, e.market)}, realised ${format.signed(String(e.realised ?? "0"))}`,
  }),
  loss_settled: (e) => ({ ...PLAIN, sign: "−", title: "Settled", text: `a loss of ${dollars(e.value)} paid` }),
  profit_settled: (e) => ({ ...PLAIN, sign: "+", title: "Settled", text: `a profit of ${dollars(e.value)} received` }),
  funding_settled: (e) => ({
    ...PLAIN,
    title: "Funding",
    text: `${format.signed(String(e.payment ?? "0"))} on ${e.market}`,
  }),
  withdrawal_authorized: (e) => ({ ...PLAIN, sign: "−", title: "Withdrawn", text: units(e.amount, e.asset) }),
  collateral_moved: (e) => ({
    ...PLAIN,
    title: "Transfer",
    text: `${units(e.amount, e.asset)} from ${who(e.from)} to ${who(e.to)}`,
  }),
  lent: (e) => ({ ...PLAIN, title: "Lent", text: units(e.amount, e.asset) }),
  recalled: (e) => ({ ...PLAIN, title: "Recalled", text: units(e.amount, e.asset) }),
  borrowed: (e) => ({ ...PLAIN, title: "Borrowed", text: units(e.amount, e.asset) }),
  repaid: (e) => ({ ...PLAIN, title: "Repaid", text: units(e.amount, e.asset) }),
  debt_moved: (e) => ({ ...PLAIN, title: "Debt moved", text: `a debt in ${e.asset} from ${who(e.from)} to ${who(e.to)}` }),
  loan_moved: (e) => ({ ...PLAIN, title: "Loan moved", text: `what was lent in ${e.asset}, from ${who(e.from)} to ${who(e.to)}` }),
  profit_moved: (e) => ({
    ...PLAIN,
    title: "P&L moved",
    text: `${format.signed(String(e.value ?? "0"))} from ${who(e.from)} to ${who(e.to)}`,
  }),
  account_opened: () => ({ ...PLAIN, title: "Opened", text: "the account exists" }),
};

const PLAIN = { tone: "idle", sign: "·" } as const;

function bearer(bearer: unknown): string {
  const of = bearer as { type?: string; asset?: string; account?: number } | undefined;
  return of?.type === "lenders" ? `the lenders of ${of.asset}` : `${who(of?.account)}, from its profit`;
}

export function tell(event: PoolEvent): Told {
  const teller = TELLERS[event.type];
  const account = typeof event.account === "number" ? event.account : null;
  if (teller) return { ...teller(event as unknown as Fields), account };
  return { ...PLAIN, title: sentence(event.type), text: rest(event), account };
}

/** `price_updated` as "Price updated". */
export function sentence(word: string): string {
  const text = word.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const NOT_TOLD = new Set(["type", "seq", "height", "time", "account"]);

function rest(event: PoolEvent): string {
  return Object.entries(event)
    .filter(([name, value]) => !NOT_TOLD.has(name) && (typeof value === "string" || typeof value === "number"))
    .map(([name, value]) => `${name.replaceAll("_", " ")} ${format.amount(String(value)) === "–" ? value : format.amount(String(value))}`)
    .join(", ");
}
