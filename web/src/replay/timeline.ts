import type { ReplayState } from "@cistern/client";

/** Where the replay stands between its ends: 0 to 1. */
export function place(replay: Pick<ReplayState, "start" | "end" | "position">): number {
  const length = replay.end - replay.start;
  return length > 0 ? Math.min(1, Math.max(0, (replay.position - replay.start) / length)) : 0;
}

/** Are its prices what was recorded, or filled in between few known points? The reader must know. */
export function label(replay: Pick<ReplayState, "is_reconstructed">): string {
  return replay.is_reconstructed ? "reconstructed prices" : "recorded prices";
}

/** Seconds of its time in a second of ours: from real time up to a day. */
export const SPEEDS = [1, 60, 300, 900, 3_600, 10_800, 43_200, 86_400];

export function speedWord(speed: number): string {
  if (speed === 1) return "real time";
  if (speed < 60) return `${speed} s a second`;
  if (speed < 3_600) return `${Number((speed / 60).toFixed(1))} min a second`;
  if (speed < 86_400) return `${Number((speed / 3_600).toFixed(1))} h a second`;
  return `${Number((speed / 86_400).toFixed(1))} days a second`;
}
