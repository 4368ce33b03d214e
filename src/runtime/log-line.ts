const head = new Set(["level", "time", "pid", "hostname", "name", "msg", "err"]);

/**
 * A logged line as a person reads it: `09:12:45.114 WARN engine: a turn failed process=17`, and a failure's stack below it.
 * What is no JSON stays as it is.
 */
export function logLine(line: string): string {
  let entry: Record<string, unknown>;
  try {
    entry = JSON.parse(line) as Record<string, unknown>;
  } catch {
    return line;
  }
  const time = String(entry["time"]).slice(11, 23);
  const values = Object.entries(entry)
    .filter(([key]) => !head.has(key))
    .map(([key, value]) => ` ${key}=${shown(value)}`);
  const level = String(entry["level"]).toUpperCase();
  const text = `${time} ${level} ${String(entry["name"])}: ${String(entry["msg"])}${values.join("")}\n`;
  const failure = entry["err"] as { stack?: unknown } | undefined;
  return typeof failure?.stack === "string" ? `${text}${failure.stack}\n` : text;
}

function shown(value: unknown): string {
  return typeof value === "string" && /^[^\s"=]+$/.test(value) ? value : JSON.stringify(value);
}
