import { systemClock } from "#kernel";
import { openDatabase } from "#database";
import { keySealer } from "#runtime";
import { assertMaySeeFigures, readerFigures } from "../figures/reader-figures.ts";
import { ThreadFigures } from "../figures/thread-figures.ts";
import { migrations, openDomains, type Domains } from "../house.ts";
import type { ArgumentOf } from "../operations.ts";
import { read, type ReadingName } from "../reading.ts";
import { parentLine, type CallArgument, threadSettings } from "./thread-settings.ts";

/** The reader thread: people's queries, on connections that can only read. */

const settings = threadSettings();
const figures = new ThreadFigures("reader");
let domains: Domains | undefined;

parentLine({ call, note: () => undefined });

async function call(name: string, argument: unknown): Promise<unknown> {
  if (name === "open") {
    const database = await openDatabase(settings.database, { migrations, readOnly: true });
    domains = openDomains({ database, sealer: keySealer(settings.key), clock: systemClock });
    return null;
  }
  if (domains === undefined) throw new TypeError("the reader thread is not open");
  if (name === "close") return domains.database.close();
  if (name === "figures") {
    await assertMaySeeFigures(domains, (argument as CallArgument).credentials);
    return [...(await readerFigures(domains)), ...figures.list()];
  }
  if (name === "take-usage") return domains.identity.takeUsage();
  const { credentials, argument: own } = argument as CallArgument;
  return read(domains, name as ReadingName, credentials, own as ArgumentOf<ReadingName>);
}
