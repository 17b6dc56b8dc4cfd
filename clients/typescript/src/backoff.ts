const FIRST_MS = 250;
/** Long enough to spare a node that is down, short enough that nobody reloads the page by hand. */
const LONGEST_MS = 8_000;

/**
 * How long to wait before an attempt, counted from 0: doubling, and between half and the whole of it, so that
 * the clients of a node that restarts do not come back all at once.
 */
export function delay(attempt: number, random: () => number = Math.random): number {
  const whole = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(attempt, 16));
  return Math.round(whole / 2 + (whole / 2) * random());
}
