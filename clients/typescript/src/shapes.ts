// Written by hand from the plan of the API; stands in until the types are generated from clients/openapi.json.

/** A decimal number as text: "1234.56". Never turn it into a float, except to draw. */
export type Decimal = string;

export interface Stamp {
  height: number;
  seq: number;
  /** The pool's clock, in milliseconds since 1970. */
  time: number;
}

export interface Page<Item> extends Stamp {
  items: Item[];
  next_cursor: string | null;
}

export type AccountStatus = "healthy" | "margin_call" | "liquidatable" | "bankrupt";
export type Validity = "full" | "reduced" | "disputed" | "frozen";
export type End = "calm" | "mid" | "panic";

export interface NodeStatus extends Stamp {
  status: "running" | "stopped";
  stopped_because: string | null;
  founded: boolean;
  paused: boolean;
  tick: number;
  accounts: number;
  chain: string;
  log_bytes: number;
  last_snapshot: number | null;
  development: boolean;
  replay: boolean;
  uptime_ms: number;
  version: string;
}

export interface Contribution {
  kind: string;
  name: string;
  value: Decimal;
  haircut: Decimal;
  contribution: Decimal;
}

export interface LiquidationPrice {
  factor: string;
  side: "down" | "up";
  change: Decimal | null;
  price: Decimal | null;
}

export interface Collateral {
  asset: string;
  form: "held" | "lent";
  amount: Decimal;
  price: Decimal | null;
  value: Decimal;
  haircut: Decimal;
  collateral_value: Decimal;
  withdrawable: Decimal;
}

export interface Debt {
  asset: string;
  amount: Decimal;
  price: Decimal | null;
  value: Decimal;
}

export interface Position {
  market: string;
  size: Decimal;
  entry_price: Decimal;
  mark_price: Decimal | null;
  notional: Decimal;
  unrealized_pnl: Decimal;
}

export interface MarginSummary {
  status: AccountStatus;
  equity: Decimal;
  collateral_value: Decimal;
  debts_value: Decimal;
  unsettled_pnl: Decimal;
  initial_margin: Decimal;
  maintenance_margin: Decimal;
  free_collateral: Decimal;
  withdrawable: Decimal;
  margin_ratio: Decimal | null;
  health: Decimal | null;
}

export interface AccountSummary extends MarginSummary, Stamp {
  account: number;
  owner: string;
  sub: number;
  mode: string;
  leverage: Decimal | null;
  worst_scenario: { end: End; level: Decimal };
  decided_by: string;
  ends: { calm: Decimal; mid: Decimal; panic: Decimal };
  contributions: Contribution[];
  liquidation_prices: LiquidationPrice[];
  stale_inputs: string[];
  params_version: number;
  collateral: Collateral[];
  debts: Debt[];
  positions: Position[];
  breach: { ticks: number; deferred: boolean } | null;
}

export interface AccountLine {
  account: number;
  owner: string;
  sub: number;
  status: AccountStatus;
  equity: Decimal;
  initial_margin: Decimal;
  maintenance_margin: Decimal;
  free_collateral: Decimal;
  margin_ratio: Decimal | null;
  health: Decimal | null;
}

export interface Quote {
  source: string;
  group: number;
  price: Decimal;
  confidence: Decimal;
  published_at: number;
}

export interface FeedPrice {
  feed: string;
  price: Decimal | null;
  uncertainty: Decimal | null;
  stable_price: Decimal | null;
  validity: Validity;
  age_ms: number | null;
  sources: Quote[];
}

export interface PoolAsset {
  asset: string;
  class: string;
  custody: Decimal;
  value: Decimal;
  share: Decimal;
  held: Decimal;
  lent: Decimal;
  owed: Decimal;
  utilisation: Decimal;
}

export interface HealthBand {
  below: Decimal | null;
  accounts: number;
}

export interface PoolRisk extends Stamp {
  accounts: number;
  at_risk: number;
  equity: Decimal;
  requirement: Decimal;
  insurance_fund: Decimal;
  bad_debt: Decimal;
  insured: Decimal;
  socialised: Decimal;
  custody_value: Decimal;
  assets: PoolAsset[];
  health_bands: HealthBand[];
  liquidations: { accounts: number; steps: number };
}

export interface PoolMoment {
  time: number;
  equity: Decimal;
  requirement: Decimal;
  insurance_fund: Decimal;
  bad_debt: Decimal;
}

export interface Asset {
  asset: string;
  class: string;
  feed: string | null;
  factors: string[];
}

export interface Market {
  market: string;
  factors: string[];
}

export interface FactorParams {
  factor: string;
  range_down: Decimal;
  range_up: Decimal;
  loading_calm: Decimal;
  loading_panic: Decimal;
  ramp_ends: number | null;
}

export interface AssetParams {
  asset: string;
  collateral_factor: Decimal;
  deposit_cap: Decimal;
  custody: Decimal;
  borrow_cap: Decimal;
  owed: Decimal;
}

export interface MarketParams {
  market: string;
  cap: Decimal;
  open_interest: Decimal;
}

export interface PendingAct {
  act_id: number;
  act: Record<string, unknown>;
  effective_at: number;
}

export interface RiskParams extends Stamp {
  params_version: number;
  tiers: Record<string, Decimal>;
  factors: FactorParams[];
  assets: AssetParams[];
  markets: MarketParams[];
  pending_acts: PendingAct[];
}

/** A fact of the log: `type` says which, the other fields are its own. */
export interface PoolEvent {
  seq: number;
  height: number;
  time: number;
  type: string;
  [field: string]: unknown;
}

export interface ReplayState {
  name: string;
  is_reconstructed: boolean;
  start: number;
  end: number;
  position: number;
  paused: boolean;
  /** Seconds of its time in a second of ours. */
  speed: number;
  finished: boolean;
}

export interface ReplayChange {
  paused?: boolean;
  speed?: number;
  jump_to?: number;
}

export type ReplayStatus = Stamp & { replay: ReplayState };

export interface SimulateRequest {
  account: number;
  actions?: Record<string, unknown>[];
  price_shocks?: Record<string, Decimal>;
}

export interface Simulated extends Stamp {
  account: number;
  before: MarginSummary;
  after: MarginSummary | null;
  after_error: Failure | null;
  refused: { index: number; error: Failure } | null;
}

export interface Failure {
  code: string;
  message: string;
  details?: Record<string, unknown>;
  request_id?: string;
  retryable?: boolean;
}
