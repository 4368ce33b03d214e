import type { Hello, ManagerConnection, ManagerMessage } from "#contract";
import { openDatabase } from "#database";
import { systemClock, type TsunagiError } from "#kernel";
import { findJobManagerToken, type Usage } from "#identity";
import { AttachmentCollector, openAttachmentStore } from "#objects";
import { Housekeeping, SnapshotStore } from "#processes";
import { createLogger, keySealer } from "#runtime";
import { EngineHouse } from "../engine-house.ts";
import { readLifeSettings } from "../life-settings.ts";
import { ThreadFigures } from "../figures/thread-figures.ts";
import { migrations } from "../house.ts";
import type { ArgumentOf, OperationName } from "../operations.ts";
import { maySeeDetails, installationHealth } from "../status/installation-health.ts";
import { MessageLine } from "./message-line.ts";
import { parentLine, type CallArgument, threadSettings } from "./thread-settings.ts";

/** The engine thread: the machine, the ready queue, timers and the one writer together. */

const settings = threadSettings();
const logger = createLogger({ name: "engine" });
const figures = new ThreadFigures("engine");
let house: EngineHouse | undefined;
let collector: AttachmentCollector | undefined;
let housekeeping: Housekeeping | undefined;
const managers = new Map<number, ManagerConnection>();
let changed = new Set<string>();

const line: MessageLine = parentLine({ call, note });

async function call(name: string, argument: unknown): Promise<unknown> {
  switch (name) {
    case "open":
      return open();
    case "close":
      await collector?.stop();
      await housekeeping?.stop();
      return house?.close();
    case "figures":
      return [...running().figures(), ...figures.list()];
    case "health":
      return running().health();
    case "installation-health":
      return installationHealth(running().domains);
    case "may-see-details":
      return maySeeDetails(running().domains, (argument as CallArgument).credentials);
    case "job-manager.check": {
      const { token } = argument as { token: string };
      await running().domains.database.read((tx) => findJobManagerToken(tx, token));
      return null;
    }
    case "save-usage":
      return running().saveUsage(argument as Usage);
    default: {
      const { credentials, argument: own } = argument as CallArgument;
      return running().call(name as OperationName, credentials, own as ArgumentOf<OperationName>);
    }
  }
}

function note(name: string, argument: unknown): void {
  const { remote } = running();
  const { id } = argument as { id: number };
  if (name === "job-manager.connected") {
    const connection: ManagerConnection = {
      send: (messages) => line.note("job-manager.send", { id, messages }),
      close: (reason) => line.note("job-manager.close", { id, reason }),
    };
    managers.set(id, connection);
    remote.connected(connection, (argument as { hello: Hello }).hello);
    return;
  }
  const connection = managers.get(id);
  if (connection === undefined) return;
  if (name === "job-manager.received") {
    remote.received(connection, (argument as { messages: ManagerMessage[] }).messages);
  } else {
    managers.delete(id);
    remote.disconnected(connection);
  }
}

/** Gives the number of this server's seat, where there may be several. */
async function open(): Promise<{ server: number } | null> {
  const database = await openDatabase(settings.database, {
    migrations,
    server: settings.server,
    ...(settings.durability === undefined ? {} : { durability: settings.durability }),
    // Outside of any promise: it ends this thread, and so the server.
    onReplaced: (error) => void setImmediate(() => throwIt(error)),
  });
  const attachments = openAttachmentStore(database, settings.database);
  house = await EngineHouse.open({
    database,
    sealer: keySealer(settings.key),
    logger,
    attachments,
  });
  const { engine, domains } = house;
  collector = new AttachmentCollector({
    database,
    write: (work) => engine.write(work),
    store: attachments,
    clock: systemClock,
    onFailure: (error) => logger.error({ err: error }, "old attachments could not be removed"),
  });
  collector.start();
  housekeeping = new Housekeeping({
    engine,
    clock: systemClock,
    snapshots: new SnapshotStore(keySealer(settings.key)),
    settings: (tx) => readLifeSettings(domains.objects, tx),
    onFailure: (error) => logger.error({ err: error }, "old processes could not be removed"),
  });
  housekeeping.start();
  house.watchAll((topic) => {
    if (changed.size === 0) setImmediate(passOn);
    changed.add(topic);
  });
  return database.seat === undefined ? null : { server: database.seat.server };
}

function throwIt(error: TsunagiError): never {
  throw error;
}

/** Topics that changed within one turn of the event loop are passed on once. */
function passOn(): void {
  const topics = [...changed];
  changed = new Set();
  line.note("changed", topics);
}

function running(): EngineHouse {
  if (house === undefined) throw new TypeError("the engine thread is not open");
  return house;
}
