import type { AccountSummary, Asset, FactorParams, Market } from "@cistern/client";

import { drawn } from "../number/decimal.ts";

/** What a price can move, by what is held, owed or open. */
export interface Listed {
  assets: Asset[];
  markets: Market[];
}

/** The factors that an account's numbers move with: those of its positions first, then of its debts and collateral. */
export function factorsOf(summary: AccountSummary, { assets, markets }: Listed): string[] {
  const ofMarket = new Map(markets.map((market) => [market.market, market.factors]));
  const ofAsset = new Map(assets.map((asset) => [asset.asset, asset.factors]));
  const names = [
    ...summary.positions.map((row) => ofMarket.get(row.market)),
    ...summary.debts.map((row) => ofAsset.get(row.asset)),
    ...summary.collateral.map((row) => ofAsset.get(row.asset)),
  ];
  return [...new Set(names.flatMap((factors) => factors ?? []))];
}

/** The feed whose price is the factor's own: that of an asset that moves with nothing else. */
export function feedOf(factor: string, { assets }: Listed): string | null {
  return assets.find(({ factors }) => factors.length === 1 && factors[0] === factor)?.feed ?? null;
}

/** A range of no more than this is a peg's: classes of volatile things start above it. */
const PEG_RANGE_MAX = 0.05;

/** Does it hold to something else? Then it does not follow when everything falls together. */
export function isPeg(factor: string, known: FactorParams[]): boolean {
  const found = known.find((row) => row.factor === factor);
  return found !== undefined && drawn(found.range_down) <= PEG_RANGE_MAX;
}
