import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { copyDatabase, openDatabase, type Transaction } from "#database";
import { systemClock } from "#kernel";
import { keySealer } from "#runtime";
import { authenticate } from "../authenticate.ts";
import { migrations, openDomains, type Domains } from "../house.ts";
import { Imports, type ImportHouse } from "../imports.ts";
import type { ArgumentOf } from "../operations.ts";
import { trialFolder } from "./trials.ts";
import { parentLine, type CallArgument, threadSettings } from "./thread-settings.ts";

/** A trial thread: tries one import on a copy of the database, so that no process waits for it, and is gone. */

const settings = threadSettings();
const imports = new Imports();
let folder: string | undefined;
let domains: Domains | undefined;

parentLine({ call, note: () => undefined });

async function call(name: string, argument: unknown): Promise<unknown> {
  if (name === "open") return open();
  if (name === "close") return close();
  if (domains === undefined) throw new TypeError("the trial thread is not open");
  const { credentials, argument: own } = argument as CallArgument;
  const { identity, database } = domains;
  const actor = await database.read((tx) => authenticate(identity, tx, credentials));
  const user = actor.principal.name;
  switch (name) {
    case "transfer.import": {
      const order = { ...(own as ArgumentOf<"transfer.import">), dryRun: true };
      return imports.run(houseOf(domains), { credentials, user }, order);
    }
    case "transfer.progress":
      return { rows: imports.progress(user, (own as { id: string }).id) };
    case "transfer.cancel":
      imports.cancel(user, (own as { id: string }).id);
      return null;
    default:
      throw new TypeError(`a trial thread does no ${name}`);
  }
}

async function open(): Promise<null> {
  folder = mkdtempSync(join(settings.data, trialFolder));
  await copyDatabase(settings.data, folder);
  const database = await openDatabase(folder, { migrations });
  domains = openDomains({ database, sealer: keySealer(settings.key), clock: systemClock });
  return null;
}

async function close(): Promise<void> {
  await domains?.database.close();
  if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
}

function houseOf(all: Domains): ImportHouse {
  const perform = <T>(work: (turn: { transaction: Transaction }) => Promise<T>): Promise<T> =>
    all.database.write((transaction) => work({ transaction }));
  return { domains: all, engine: { perform } };
}
