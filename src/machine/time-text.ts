import { evaluationFailure } from "./failure.ts";

/** The text of instants and durations: ISO 8601, in UTC, in its shortest form. `Date` is used as a calendar, never as a clock. */

// What `Date` can hold: 100 million days around 1970.
const epochMsMax = 8.64e15;

/** `2026-05-04T03:02:01Z`; milliseconds only where there are some. */
export function formatInstant(epochMs: number): string {
  return new Date(epochMs).toISOString().replace(".000Z", "Z");
}

export function checkInstant(epochMs: number): number {
  if (!Number.isFinite(epochMs) || Math.abs(epochMs) > epochMsMax) {
    throw evaluationFailure("a time lies outside of what can be counted");
  }
  return Math.trunc(epochMs);
}

const instantForm =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?)?\s*(Z|[+-]\d{2}:?\d{2})?$/;

/** Reads ISO 8601; without an offset it is UTC. Undefined if it is no time. */
export function parseInstant(text: string): number | undefined {
  const match = instantForm.exec(text.trim());
  if (match === null) return undefined;
  const [, year, month, day, hour = "0", minute = "0", second = "0", fraction = "", offset] = match;
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  const parts = [
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    ms,
  ] as const;
  const date = new Date(0);
  date.setUTCFullYear(parts[0], parts[1], parts[2]);
  date.setUTCHours(parts[3], parts[4], parts[5], parts[6]);
  const isReal =
    date.getUTCMonth() === parts[1] &&
    date.getUTCDate() === parts[2] &&
    date.getUTCHours() === parts[3] &&
    date.getUTCMinutes() === parts[4] &&
    date.getUTCSeconds() === parts[5];
  if (!isReal) return undefined;
  return date.getTime() - offsetMs(offset);
}

function offsetMs(offset: string | undefined): number {
  if (offset === undefined || offset === "Z") return 0;
  const sign = offset.startsWith("-") ? -1 : 1;
  const digits = offset.replaceAll(/\D/g, "");
  return sign * (Number(digits.slice(0, 2)) * 60 + Number(digits.slice(2))) * 60_000;
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** `PT1H30M`, `P2D`, `-PT5S`. */
export function formatDuration(ms: number): string {
  let rest = Math.abs(ms);
  const take = (unit: number): number => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count;
  };
  const days = take(day);
  const hours = take(hour);
  const minutes = take(minute);
  const seconds = rest / second;
  const time =
    (hours > 0 ? `${hours}H` : "") +
    (minutes > 0 ? `${minutes}M` : "") +
    (seconds > 0 ? `${seconds}S` : "");
  const date = days > 0 ? `${days}D` : "";
  if (date === "" && time === "") return "PT0S";
  return `${ms < 0 ? "-" : ""}P${date}${time === "" ? "" : `T${time}`}`;
}

const units: Record<string, number> = { w: 7 * day, d: day, h: hour, m: minute, s: second, ms: 1 };
const isoForm = /^([+-]?)P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const shortForm = /^(?:\d+(?:\.\d+)?\s*(?:ms|[wdhms])\s*)+$/;

/** Reads `1h30m`, `90s`, `2d` or ISO 8601's `PT1H30M`. Undefined if it is no duration. */
export function parseDuration(text: string): number | undefined {
  const trimmed = text.trim();
  const iso = isoForm.exec(trimmed);
  if (iso !== null && /\d/.test(trimmed)) {
    const [, sign, weeks = "0", days = "0", hours = "0", minutes = "0", seconds = "0"] = iso;
    const ms =
      Number(weeks) * 7 * day +
      Number(days) * day +
      Number(hours) * hour +
      Number(minutes) * minute +
      Number(seconds) * second;
    return Math.round(sign === "-" ? 0 - ms : ms);
  }
  if (!shortForm.test(trimmed)) return undefined;
  let ms = 0;
  for (const [, count, unit] of trimmed.matchAll(/(\d+(?:\.\d+)?)\s*(ms|[wdhms])/g)) {
    ms += Number(count) * (units[unit as string] as number);
  }
  return Math.round(ms);
}
