import { findMetricsToken } from "#identity";
import { gauge, TsunagiError, type Figure } from "#kernel";
import { authenticate } from "../authenticate.ts";
import type { Domains } from "../house.ts";
import type { Credentials } from "../operations.ts";
import { timerLagMs } from "./census.ts";

/** What the database tells of the installation. */
export async function readerFigures({ census, database, clock }: Domains): Promise<Figure[]> {
  const lagMs = await database.read((tx) => timerLagMs(tx, clock.now()));
  const { pool } = database;
  const places = pool === undefined ? [] : Object.entries(pool);
  return [
    ...(await census.figures()),
    gauge("tsunagi_timer_overdue_seconds", "How long the next timer has been due.", lagMs / 1000),
    gauge(
      "tsunagi_database_readers",
      "Connections for people's queries, and who waits for one.",
      places.map(([state, value]) => ({ labels: { state }, value })),
    ),
  ];
}

/** Figures are for a token that is made for them, and for administrators. */
export async function assertMaySeeFigures(
  { identity, database }: Domains,
  credentials: Credentials,
): Promise<void> {
  await database.read(async (tx) => {
    if (credentials.kind === "token" && (await findMetricsToken(tx, credentials.token))) return;
    const { principal } = await authenticate(identity, tx, credentials);
    if (principal.isAdministrator) return;
    throw new TsunagiError("PERMISSION_DENIED", "the server's figures are for administrators", {
      hint: "Make a token for them on the server's host: `tsunagi token create NAME --metrics`.",
    });
  });
}
