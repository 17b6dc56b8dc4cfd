// How numbers are written: grouped, with a real minus, rounded from their decimal text.
import { drawn, parse, rescale, sign, toText } from "./decimal.ts";

const NONE = "–";
const MINUS = "−";
const THIN = "\u202f";

type Text = string | null | undefined;

/** Grouped, with exactly so many places. */
export function fixed(text: Text, places: number): string {
  const parts = text == null ? null : parse(text);
  if (!parts) return NONE;
  return grouped(toText(rescale(parts, places), places));
}

export function money(text: Text, places = 2): string {
  return dollars(fixed(text, places));
}

const STEPS: [number, string][] = [
  [12, "T"],
  [9, "B"],
  [6, "M"],
];

/** Money in four digits or so, where there is no room for all of them. */
export function moneyShort(text: Text): string {
  return dollars(short(text));
}

export function short(text: Text): string {
  const parts = text == null ? null : parse(text);
  if (!parts) return NONE;
  const whole = toText(rescale(parts, 0), 0).replace("-", "").length;
  const step = STEPS.find(([zeros]) => whole > zeros);
  if (!step) return fixed(text, whole >= 4 ? 0 : 2);
  const [zeros, letter] = step;
  const places = Math.max(0, 3 - (whole - zeros));
  const scaled = toText(rescale({ units: parts.units, places: parts.places + zeros }, places), places);
  return `${grouped(scaled)}${THIN}${letter}`;
}

/** A price with as many places as its size asks for. */
export function price(text: Text): string {
  const size = Math.abs(drawn(text));
  if (size >= 10_000) return money(text, 0);
  if (size >= 10) return money(text, 2);
  if (size >= 0.1) return money(text, 4);
  return money(text, size >= 0.001 ? 5 : 8);
}

/** Units of an asset: up to so many places as matter, without zeros at the end. */
export function amount(text: Text): string {
  const size = Math.abs(drawn(text));
  const written = fixed(text, size >= 1_000 ? 2 : size >= 1 ? 4 : 6);
  return written.includes(".") ? written.replace(/\.?0+$/, "") : written;
}

/** A fraction as per cent. */
export function percent(text: Text, places = 1): string {
  const parts = text == null ? null : parse(text);
  if (!parts) return NONE;
  const shifted = parts.places >= 2 ? { ...parts, places: parts.places - 2 } : { units: parts.units * 100n, places: parts.places };
  return `${grouped(toText(rescale(shifted, places), places))}${THIN}%`;
}

/** With a plus where it is above zero: colour alone must not say it. */
export function signed(text: Text, write: (text: Text) => string = (value) => money(value)): string {
  const written = write(text);
  // What rounds to nothing has no sign.
  return text != null && sign(text) > 0 && /[1-9]/.test(written) ? `+${written}` : written;
}

export function count(number: number): string {
  return grouped(String(number));
}

export function age(ms: number): string {
  const seconds = Math.max(0, ms) / 1000;
  if (seconds < 10) return `${seconds.toFixed(1)}${THIN}s`;
  if (seconds < 90) return `${Math.round(seconds)}${THIN}s`;
  if (seconds < 5_400) return `${Math.round(seconds / 60)}${THIN}min`;
  if (seconds < 129_600) return `${Math.round(seconds / 3_600)}${THIN}h`;
  return `${Math.round(seconds / 86_400)}${THIN}days`;
}

const MOMENT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "2-digit",
  month: "short",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

const MOMENT_SHORT = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  day: "numeric",
  month: "short",
  hour: "2-digit",
  minute: "2-digit",
  hour12: false,
});

const TIME_OF_DAY = new Intl.DateTimeFormat("en-GB", {
  timeZone: "UTC",
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

const HERE = new Intl.DateTimeFormat("en-GB", {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hour12: false,
});

/** A moment of the pool's clock, which is UTC. */
export function moment(ms: number): string {
  return MOMENT.format(ms).replace(",", "");
}

/** Without the year, where room is scarce. */
export function momentShort(ms: number): string {
  return MOMENT_SHORT.format(ms).replace(",", "");
}

export function timeOfDay(ms: number): string {
  return TIME_OF_DAY.format(ms);
}

/** A moment of the reader's own clock. */
export function here(ms: number): string {
  return HERE.format(ms);
}

function dollars(written: string): string {
  if (written === NONE) return NONE;
  return written.startsWith(MINUS) ? `${MINUS}$${written.slice(1)}` : `$${written}`;
}

function grouped(text: string): string {
  const isNegative = text.startsWith("-");
  const [whole = "0", fraction] = text.replace("-", "").split(".");
  const groups = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const digits = fraction === undefined ? groups : `${groups}.${fraction}`;
  // What rounds to nothing has no sign.
  return isNegative && /[1-9]/.test(digits) ? MINUS + digits : digits;
}
