// Decimal text in, decimal text out. Money never passes through a float here.

/** A decimal as an integer and how many of its digits stand behind the point. */
export interface Parts {
  units: bigint;
  places: number;
}

export function parse(text: string): Parts | null {
  const match = /^([+-]?)(\d+)(?:\.(\d*))?$/.exec(text.trim());
  if (!match) return null;
  const [, sign, whole = "", fraction = ""] = match;
  const units = BigInt(whole + fraction);
  return { units: sign === "-" ? -units : units, places: fraction.length };
}

/** The same number with another count of places; what is cut off is rounded half away from zero. */
export function rescale({ units, places }: Parts, to: number): bigint {
  if (to >= places) return units * 10n ** BigInt(to - places);
  const step = 10n ** BigInt(places - to);
  const size = units < 0n ? -units : units;
  const rounded = (size + step / 2n) / step;
  return units < 0n ? -rounded : rounded;
}

export function toText(units: bigint, places: number): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, "0");
  const sign = units < 0n ? "-" : "";
  return places === 0 ? sign + digits : `${sign}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

export function plus(left: string, right: string): string {
  return combine(left, right, (a, b) => a + b);
}

export function minus(left: string, right: string): string {
  return combine(left, right, (a, b) => a - b);
}

/** Exact. */
export function times(left: string, right: string): string {
  const [a, b] = [parse(left), parse(right)];
  return a && b ? toText(a.units * b.units, a.places + b.places) : left;
}

function combine(left: string, right: string, how: (a: bigint, b: bigint) => bigint): string {
  const [a, b] = [parse(left), parse(right)];
  if (!a || !b) return left;
  const places = Math.max(a.places, b.places);
  return toText(how(rescale(a, places), rescale(b, places)), places);
}

/** -1, 0 or 1. */
export function sign(text: string): number {
  const units = parse(text)?.units ?? 0n;
  return units > 0n ? 1 : units < 0n ? -1 : 0;
}

/** For lengths, positions and thresholds on the screen, never for what is written there. */
export function drawn(text: string | null | undefined): number {
  const number = Number(text ?? "0");
  return Number.isFinite(number) ? number : 0;
}
