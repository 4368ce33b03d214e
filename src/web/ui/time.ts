/** Times as the application writes them: `2026-11-20 03:12:45`, in the viewer's zone, which stands beside it. */

/** The short name of the viewer's zone, such as `JST`; of other zones `GMT+2`. */
export function zoneName(date = new Date(), timeZone?: string): string {
  // Only Japanese has a short name for Japan's zone.
  const format = (locale: string) =>
    new Intl.DateTimeFormat(locale, {
      timeZoneName: "short",
      ...(timeZone === undefined ? {} : { timeZone }),
    })
      .formatToParts(date)
      .find(({ type }) => type === "timeZoneName")?.value ?? "UTC";
  const japanese = format("ja-JP");
  return japanese === "JST" ? japanese : format("en-US");
}

/** An instant in the viewer's zone. */
export function timeText(iso: string, timeZone?: string): string {
  return partsOf(iso, timeZone).join(" ");
}

/** The time of day, with milliseconds, as the console shows it. */
export function clockText(iso: string, timeZone?: string): string {
  const [, time] = partsOf(iso, timeZone);
  return `${time}.${String(new Date(iso).getUTCMilliseconds()).padStart(3, "0")}`;
}

/** The time of day to the minute. */
export function clockMinutes(iso: string, timeZone?: string): string {
  return partsOf(iso, timeZone)[1].slice(0, 5);
}

/** A day with its weekday, where days matter: `2026-11-20 Fri`. */
export function dayText(iso: string, locale = "en", timeZone?: string): string {
  const weekday = new Intl.DateTimeFormat(locale, {
    weekday: "short",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso));
  return `${partsOf(iso, timeZone)[0]} ${weekday}`;
}

/** How long ago, while that says more than the time itself; else the day and time. */
export function agoText(iso: string, locale = "en", now = Date.now()): string {
  const seconds = Math.round((now - Date.parse(iso)) / 1000);
  if (seconds < 0 || seconds >= 86_400) return timeText(iso).slice(0, 16);
  const format = new Intl.RelativeTimeFormat(locale, { numeric: "auto", style: "short" });
  if (seconds < 60) return format.format(-seconds, "second");
  if (seconds < 3600) return format.format(-Math.floor(seconds / 60), "minute");
  return format.format(-Math.floor(seconds / 3600), "hour");
}

/** How long something took: `0:04`, `2:04:10`. */
export function durationText(fromIso: string, toIso: string): string {
  const seconds = Math.max(0, Math.floor((Date.parse(toIso) - Date.parse(fromIso)) / 1000));
  const two = (value: number) => String(value).padStart(2, "0");
  const minutes = Math.floor(seconds / 60);
  const hours = Math.floor(minutes / 60);
  return hours === 0
    ? `${minutes}:${two(seconds % 60)}`
    : `${hours}:${two(minutes % 60)}:${two(seconds % 60)}`;
}

function partsOf(iso: string, timeZone: string | undefined): [date: string, time: string] {
  // Swedish writes dates as ISO 8601 does.
  const text = new Intl.DateTimeFormat("sv-SE", {
    dateStyle: "short",
    timeStyle: "medium",
    ...(timeZone === undefined ? {} : { timeZone }),
  }).format(new Date(iso));
  const [date = "", time = ""] = text.split(" ");
  return [date, time];
}
