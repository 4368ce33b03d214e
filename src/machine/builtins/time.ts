import { evaluationFailure } from "../failure.ts";
import { isText, rawText } from "../operators.ts";
import { checkInstant, parseDuration, parseInstant } from "../time-text.ts";
import { DurationValue, TimeValue, type Value } from "../value.ts";
import { Ask, builtinFunction, Texts, wrongKind, type Builtin } from "./builtin.ts";

/** Instants and durations. */
export const timeFunctions: readonly Builtin[] = [
  builtinFunction(
    "now",
    "",
    "The time.",
    ["now() > time('2026-01-01')"],
    () => new Ask({ kind: "now" }),
  ),
  builtinFunction(
    "time",
    "value",
    "The time that a text in ISO 8601 (without an offset: UTC) or a number of seconds since 1970 stands for.",
    ["time('2026-05-04T09:00:00+09:00')", "time(1777852800)"],
    ([value]) => toTime(value as Value),
  ),
  builtinFunction(
    "format_time",
    "time format? zone?",
    "A time as text: %Y %m %d %H %M %S %L %y %j %a %A %b %B %F %T %z %Z %s; in UTC, or a zone such as 'Asia/Tokyo'.",
    ["format_time(time('2026-05-04T00:30Z'), '%Y/%m/%d %H:%M', 'Asia/Tokyo')"],
    ([time, format, zone]) => {
      if (!(time instanceof TimeValue)) throw wrongKind("format_time()", "a time", time);
      const texts = new Texts();
      const form =
        format === undefined
          ? "%Y-%m-%d %H:%M:%S"
          : texts.read(format, "the format of format_time()");
      const where = zone === undefined ? "UTC" : texts.read(zone, "the zone of format_time()");
      return texts.make(formatTime(time.epochMs, form, where));
    },
  ),
  builtinFunction(
    "duration",
    "value",
    "The duration that a text such as '1h30m' or 'PT90S', or a number of seconds, stands for.",
    ["duration('90m')", "duration(30)"],
    ([value]) => toDuration(value as Value),
  ),
];

function toTime(value: Value): TimeValue {
  if (value instanceof TimeValue) return value;
  if (typeof value === "number") return new TimeValue(checkInstant(value * 1000));
  if (isText(value)) {
    const epochMs = parseInstant(rawText(value));
    if (epochMs !== undefined) return new TimeValue(epochMs);
    throw evaluationFailure(
      "time() takes a time such as '2026-05-04T09:00:00+09:00'; this text is none",
    );
  }
  throw wrongKind("time()", "a string or a number of seconds", value);
}

function toDuration(value: Value): DurationValue {
  if (value instanceof DurationValue) return value;
  if (typeof value === "number") return new DurationValue(Math.round(value * 1000));
  if (isText(value)) {
    const ms = parseDuration(rawText(value));
    if (ms !== undefined) return new DurationValue(ms);
    throw evaluationFailure(
      "duration() takes a duration such as '1h30m' or 'PT90S'; this text is none",
    );
  }
  throw wrongKind("duration()", "a string or a number of seconds", value);
}

const weekdays = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

function formatTime(epochMs: number, format: string, zone: string): string {
  const offset = zoneOffset(epochMs, zone);
  const local = new Date(epochMs + offset * 60_000);
  const two = (number: number): string => String(number).padStart(2, "0");
  const year = String(local.getUTCFullYear()).padStart(4, "0");
  const month = two(local.getUTCMonth() + 1);
  const day = two(local.getUTCDate());
  const clock = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()].map(two) as [
    string,
    string,
    string,
  ];
  const weekday = weekdays[local.getUTCDay()] as string;
  const monthName = months[local.getUTCMonth()] as string;
  const dayOfYear =
    Math.floor((local.getTime() - Date.UTC(local.getUTCFullYear(), 0, 1)) / 86_400_000) + 1;
  const fields: Record<string, string> = {
    Y: year,
    y: year.slice(-2),
    m: month,
    d: day,
    H: clock[0],
    M: clock[1],
    S: clock[2],
    L: String(local.getUTCMilliseconds()).padStart(3, "0"),
    j: String(dayOfYear).padStart(3, "0"),
    a: weekday.slice(0, 3),
    A: weekday,
    b: monthName.slice(0, 3),
    B: monthName,
    F: `${year}-${month}-${day}`,
    T: clock.join(":"),
    z: `${offset < 0 ? "-" : "+"}${two(Math.floor(Math.abs(offset) / 60))}${two(Math.abs(offset) % 60)}`,
    Z: zone,
    s: String(Math.floor(epochMs / 1000)),
    "%": "%",
  };
  return format.replaceAll(/%(.)/gu, (all, letter: string) => {
    const field = fields[letter];
    if (field === undefined) throw evaluationFailure(`format_time() does not know '${all}'`);
    return field;
  });
}

/** Minutes east of UTC at that time. */
function zoneOffset(epochMs: number, zone: string): number {
  if (zone === "UTC" || zone === "Z") return 0;
  const fixed = /^([+-])(\d{2}):?(\d{2})$/.exec(zone);
  if (fixed !== null) {
    const minutes = Number(fixed[2]) * 60 + Number(fixed[3]);
    return fixed[1] === "-" ? 0 - minutes : minutes;
  }
  try {
    const parts = new Intl.DateTimeFormat("en-US", {
      timeZone: zone,
      timeZoneName: "longOffset",
    }).formatToParts(epochMs);
    const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "GMT";
    return name === "GMT" ? 0 : zoneOffset(epochMs, name.slice(3));
  } catch {
    throw evaluationFailure(
      `there is no time zone '${zone}'; one such as 'Asia/Tokyo' or '+09:00' is expected`,
    );
  }
}
