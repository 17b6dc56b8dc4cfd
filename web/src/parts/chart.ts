// What a chart is made of, and how uPlot is told.
import uPlot from "uplot";

import { moneyShort } from "../number/format.ts";

export interface Line {
  label: string;
  /** Name of a colour token, with its dashes. */
  ink: string;
  values: (number | null)[];
  isFilled?: boolean;
}

/** The colour that a token has on this page now: a canvas knows no variables. */
export function colour(of: HTMLElement, token: string): string {
  const probe = document.createElement("span");
  probe.style.color = `var(${token})`;
  of.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function translucent(ink: string, share: number): string {
  return `color-mix(in srgb, ${ink} ${share}%, transparent)`;
}

export interface Look {
  host: HTMLElement;
  width: number;
  height: number;
  onMove: (index: number | null) => void;
}

export function options(lines: Line[], { host, width, height, onMove }: Look): uPlot.Options {
  const [text, grid] = [colour(host, "--muted"), colour(host, "--line")];
  const font = `11px ${getComputedStyle(host).fontFamily}`;
  const axis = { stroke: text, font, grid: { stroke: grid, width: 1 }, ticks: { show: false } };
  return {
    width,
    height,
    tzDate: (seconds) => uPlot.tzDate(new Date(seconds * 1e3), "UTC"),
    padding: [8, 6, 0, 0],
    legend: { show: false },
    cursor: { y: false, points: { size: 7 }, drag: { x: true, y: false } },
    scales: { y: { range: (_, low, high) => bounds(low, high) } },
    axes: [
      { ...axis, space: 64, gap: 6, size: 28, values: (_, splits) => splits.map(timeTick) },
      { ...axis, size: 64, gap: 6, values: (_, splits) => splits.map((split) => moneyShort(String(split))) },
    ],
    series: [
      {},
      ...lines.map((line) => {
        const ink = colour(host, line.ink);
        return {
          label: line.label,
          stroke: ink,
          width: 2,
          points: { show: false },
          ...(line.isFilled ? { fill: translucent(ink, 9) } : {}),
        };
      }),
    ],
    hooks: { setCursor: [(plot) => onMove(plot.cursor.idx ?? null)] },
  };
}

const DAY_S = 86_400;
const DAY = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", day: "numeric", month: "short" });
const HOUR = new Intl.DateTimeFormat("en-GB", { timeZone: "UTC", hour: "2-digit", minute: "2-digit", hour12: false });

/** The hour; at midnight the day. */
function timeTick(seconds: number): string {
  return (seconds % DAY_S === 0 ? DAY : HOUR).format(seconds * 1e3);
}

/** From zero up, with some air: a gap between two lines only tells something against zero. */
function bounds(low: number, high: number): [number, number] {
  if (!Number.isFinite(high) || high === low) return [0, Math.max(1, high || 1) * 1.2];
  return [Math.min(0, low), high * 1.06];
}
