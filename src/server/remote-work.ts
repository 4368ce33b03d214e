import type { Transaction } from "#database";
import { nameFault } from "#kernel";
import type { Value } from "#machine";
import { systemActor, type Actor, type StoredObject } from "#objects";
import { findProcess, hasEnded, toMachineValue, type Engine } from "#processes";
import {
  recordConnected,
  OtherServers,
  recordDisconnected,
  Remote,
  settingNames,
  storedJournalHeights,
  type KnownHosts,
  type Nodes,
  type Realms,
} from "#remote";
import type { Logger } from "#runtime";
import { processActor } from "./authenticate.ts";
import { handlerWithNews, hostWithNews, type CommandListener } from "./command-news.ts";
import type { Domains } from "./house.ts";

/** The server half of remote work, with nodes, realms and known hosts as objects. */
export function openRemote(
  domains: Domains,
  engine: Engine,
  logger: Logger,
  onCommand?: CommandListener,
): Remote {
  const { database, clock } = domains;
  const { seat } = database;
  const server = seat?.server ?? 0;
  const remote = new Remote({
    ...(seat === undefined
      ? {}
      : {
          elsewhere: new OtherServers({
            server,
            database,
            clock,
            hint: () => engine.hint(),
            openEffect: (transaction, process) => engine.openEffect(transaction, process),
            unknownEffects: (transaction, isKnown) => engine.unknownEffects(transaction, isKnown),
          }),
        }),
    host: onCommand === undefined ? engine : hostWithNews(engine, onCommand),
    nodes: objectNodes(domains),
    realms: objectRealms(domains),
    knownHosts: objectKnownHosts(domains),
    journals: storedJournalHeights,
    clock: domains.clock,
    logger,
    isLive: async (transaction, process) => {
      const row = await findProcess(transaction, process);
      return row !== undefined && !hasEnded(row.state);
    },
    onManager: (manager, what) => {
      engine
        .write((transaction) =>
          what === "connected"
            ? recordConnected(transaction, { ...manager, server })
            : recordDisconnected(transaction, { ...manager, server }, clock.now()),
        )
        .catch((error: unknown) =>
          // Seen at the next start; who is connected works all the same.
          logger.warn(
            { err: error, manager: manager.name },
            `that it ${what} was not written down`,
          ),
        );
    },
  });
  engine.addHandler(onCommand === undefined ? remote : handlerWithNews(remote, engine, onCommand));
  return remote;
}

/** Reading a node needs read, using an account execute; the secrets of both are used without being shown. */
function objectNodes(domains: Domains): Nodes {
  const { objects } = domains;
  return {
    async settings(transaction, reference, use, principal) {
      const actor = await processActor(transaction, principal, null);
      const object = await objects.get(
        transaction,
        actor,
        reference.id > 0 ? reference.id : reference.path,
        use === "node" ? "read" : "execute",
      );
      const settings = new Map<string, Value>();
      for (const name of [...settingNames, "account"]) {
        const value = await setting(domains, transaction, actor, object, name);
        if (value !== null && value !== "") settings.set(name, value);
      }
      return settings;
    },
  };
}

async function setting(
  { objects }: Domains,
  transaction: Transaction,
  actor: Actor,
  object: StoredObject,
  name: string,
): Promise<Value> {
  if (!objects.fieldNames(object).includes(name)) return null;
  return toMachineValue(await objects.readField(transaction, actor, object, name));
}

const realmsPath = "/system/realms";

function objectRealms({ objects }: Domains): Realms {
  return {
    async find(transaction, name) {
      if (nameFault(name) !== undefined) return undefined;
      const object = await objects.find(transaction, systemActor, `${realmsPath}/${name}`);
      if (object === undefined) return undefined;
      const seconds = async (field: string): Promise<number> =>
        Number((await objects.readField(transaction, systemActor, object, field)).value);
      return {
        name,
        waitMs: (await seconds("wait")) * 1000,
        lostAfterMs: (await seconds("lost_after")) * 1000,
      };
    },
    async names(transaction) {
      const page = await objects.children(transaction, systemActor, realmsPath, { limit: 100 });
      return page.items.map(({ name }) => name);
    },
  };
}

/** `/system/known-hosts/<host>:<port>`: seen by people, with its history; who sets a host up anew deletes it. */
function objectKnownHosts({ objects, clock }: Domains): KnownHosts {
  const pathOf = (host: string, port: number): string => `/system/known-hosts/${host}:${port}`;
  const find = (transaction: Transaction, host: string, port: number) =>
    objects.find(transaction, systemActor, pathOf(host, port));
  return {
    async find(transaction, host, port) {
      const known = await find(transaction, host, port);
      if (known === undefined) return null;
      const key = (await objects.readField(transaction, systemActor, known, "key")).value;
      return typeof key === "string" ? key : null;
    },
    async record(transaction, host, port, key) {
      if ((await find(transaction, host, port)) !== undefined) return;
      const change = objects.change(transaction, systemActor);
      await change.put(pathOf(host, port), "KnownHost", {
        host,
        port,
        key,
        seen_at: new Date(clock.now()).toISOString(),
      });
      await change.finish();
    },
  };
}
