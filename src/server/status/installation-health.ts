import { systemActor } from "#objects";
import { connectedRealms } from "#remote";
import { authenticate } from "../authenticate.ts";
import { timerLagMs } from "../figures/census.ts";
import type { Domains } from "../house.ts";
import type { Credentials } from "../operations.ts";
import type { InstallationHealth } from "./status-document.ts";

/** What the database tells of how the installation stands. */
export function installationHealth({
  database,
  objects,
  clock,
}: Domains): Promise<InstallationHealth> {
  return database.read(async (tx) => {
    const page = await objects.children(tx, systemActor, "/system/realms", { limit: 1000 });
    return {
      timerLagMs: await timerLagMs(tx, clock.now()),
      realms: page.items.map(({ name }) => name),
      served: await connectedRealms(tx),
    };
  });
}

/** Whether names and numbers are for who asks. */
export async function maySeeDetails(
  { identity, database }: Domains,
  credentials: Credentials,
): Promise<boolean> {
  if (credentials.kind === "none") return false;
  const { principal } = await database.read((tx) => authenticate(identity, tx, credentials));
  return principal.isAdministrator;
}
