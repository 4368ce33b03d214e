/**
 * What people type, and the values that it means: full-width digits, days as calendars, spreadsheets and forms write
 * them (`2026/11/20`, `R8.11.20`), lengths of time (`1h 30m`, `90m`, `1:30`). What means nothing stays undefined.
 */

/** With digits, letters and signs of one width. */
export function narrow(text: string): string {
  return text.normalize("NFKC").replaceAll("−", "-").trim();
}

export function typedNumber(text: string, isWhole: boolean): number | undefined {
  const plain = narrow(text).replaceAll(/,(?=\d{3})/g, "");
  const pattern = isWhole ? /^[+-]?\d+$/ : /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
  if (!pattern.test(plain)) return undefined;
  const value = Number(plain);
  return Number.isFinite(value) ? value : undefined;
}

const eras: Readonly<Record<string, number>> = {
  R: 2018,
  令和: 2018,
  H: 1988,
  平成: 1988,
  S: 1925,
  昭和: 1925,
  T: 1911,
  大正: 1911,
  M: 1867,
  明治: 1867,
};

/** A day as `2026-11-20`. */
export function typedDay(text: string): string | undefined {
  const plain = narrow(text).toUpperCase();
  const western =
    /^(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(plain) ??
    /^(\d{4})(\d\d)(\d\d)$/.exec(plain);
  if (western !== null) return dayOf(Number(western[1]), western[2], western[3]);
  const era =
    /^(R|H|S|T|M|令和|平成|昭和|大正|明治)\s*(\d{1,2}|元)[-/.年](\d{1,2})[-/.月](\d{1,2})日?$/.exec(
      plain,
    );
  if (era === null) return undefined;
  const [, name = "", year = "", month, day] = era;
  return dayOf((eras[name] ?? 0) + (year === "元" ? 1 : Number(year)), month, day);
}

function dayOf(year: number, month = "", day = ""): string | undefined {
  const text = `${year}-${month.padStart(2, "0")}-${day.padStart(2, "0")}`;
  const date = new Date(`${text}T00:00:00Z`);
  const isDay = !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
  return isDay ? text : undefined;
}

/** An instant in ISO 8601; without a zone it is in the viewer's. */
export function typedInstant(text: string): string | undefined {
  const plain = narrow(text);
  if (/^\d{4}-\d\d-\d\dT[\d:.]+(Z|[+-]\d\d:\d\d)$/i.test(plain)) return isoOf(new Date(plain));
  const match = /^(.+?)(?:[\sT]+(\d{1,2}):(\d\d)(?::(\d\d))?)?$/.exec(plain);
  const day = match === null ? undefined : typedDay(match[1] ?? "");
  if (match === null || day === undefined) return undefined;
  const [hour, minute, second] = [match[2], match[3], match[4]].map((part) => Number(part ?? 0));
  if ((hour ?? 0) > 29 || (minute ?? 0) > 59 || (second ?? 0) > 59) return undefined;
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  // 25:30 is 01:30 of the next day, as operations write it.
  return isoOf(new Date(year, month - 1, date, hour, minute, second));
}

function isoOf(date: Date): string | undefined {
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

const unitSeconds: Readonly<Record<string, number>> = { d: 86_400, h: 3600, m: 60, s: 1 };

/** A length of time in seconds. */
export function typedDuration(text: string): number | undefined {
  const plain = narrow(text).toLowerCase().replaceAll(/\s+/g, "");
  if (/^\d+$/.test(plain)) return Number(plain);
  const clock = /^(\d+):(\d\d)(?::(\d\d))?$/.exec(plain);
  if (clock !== null) {
    return Number(clock[1]) * 3600 + Number(clock[2]) * 60 + Number(clock[3] ?? 0);
  }
  if (!/^(\d+[dhms])+$/.test(plain)) return undefined;
  return [...plain.matchAll(/(\d+)([dhms])/g)].reduce(
    (sum, [, count, unit]) => sum + Number(count) * (unitSeconds[unit ?? ""] ?? 0),
    0,
  );
}

/** A length of time as it is written: `1h 30m`. */
export function durationWords(seconds: number): string {
  if (seconds === 0) return "0s";
  let rest = seconds;
  const parts: string[] = [];
  for (const [unit, size] of Object.entries(unitSeconds)) {
    const count = unit === "s" ? rest : Math.floor(rest / size);
    if (count > 0) parts.push(`${count}${unit}`);
    rest -= count * size;
  }
  return parts.join(" ");
}

/** A MAC address with colons, as it is kept; other texts stay as they are. */
export function typedMac(text: string): string {
  const plain = narrow(text).toLowerCase();
  const digits = plain.replaceAll(/[:.-]/g, "");
  return /^[0-9a-f]{12}$/.test(digits) ? (digits.match(/../g) ?? []).join(":") : plain;
}
