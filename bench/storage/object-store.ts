/** The estate in the object storage of the product. */
import { openPostgres, openSqlite, type Database } from "../../src/database/index.ts";
import {
  addMember,
  createGroup,
  createUser,
  findPrincipal,
  findUser,
  identityMigrations,
} from "../../src/identity/index.ts";
import {
  objectMigrations,
  ObjectStorage,
  systemActor,
  type Actor,
  type FindPage,
} from "../../src/objects/index.ts";
import { memorySealer } from "../../src/runtime/index.ts";
import {
  directories,
  groups,
  nodeAt,
  placeOf,
  racks,
  roles,
  services,
  sites,
  stages,
  statuses,
} from "./estate.ts";

export class ObjectStore {
  readonly #database: Database;
  readonly #storage: ObjectStorage;
  #reader: Actor = systemActor;

  /** In a file of SQLite, or in the PostgreSQL at a URL. */
  static async open(place: string): Promise<ObjectStore> {
    const migrations = [...identityMigrations, ...objectMigrations];
    const database = await (/^postgres(ql)?:/.test(place)
      ? openPostgres({ url: place, migrations })
      : openSqlite({ file: place, migrations }));
    const store = new ObjectStore(database);
    const types = await store.#number("select count(*) as n from object_type where name = 'Node'");
    await (types === 0 ? store.#prepare() : store.#findReader());
    return store;
  }

  private constructor(database: Database) {
    this.#database = database;
    this.#storage = new ObjectStorage({ sealer: memorySealer() });
  }

  close(): Promise<void> {
    return this.#database.close();
  }

  /** What its tables take on disk. */
  bytes(): Promise<number> {
    return this.#number(
      this.#database.dialect === "sqlite"
        ? "select page_count * page_size as n from pragma_page_count(), pragma_page_size()"
        : `select sum(pg_total_relation_size(oid)) as n from pg_class
            where relkind = 'r' and relnamespace = 'public'::regnamespace`,
    );
  }

  /** Makes the nodes of these numbers, as one change. */
  async add(from: number, count: number): Promise<void> {
    await this.#database.write(async (transaction) => {
      const change = this.#storage.change(transaction, systemActor);
      await change.inBulk(async () => {
        for (let number = from; number < from + count; number += 1) {
          const { name, directory, rack, service, backup, ...fields } = nodeAt(number);
          await change.put(`/nodes/d${directory}/${name}`, "Node", {
            ...fields,
            rack: `/racks/r${rack}`,
            service: `/services/s${service}`,
            backup: `/racks/r${backup}`,
          });
        }
      });
      await change.finish();
    });
  }

  /** Changes these nodes, as one change, and gives its number. */
  async update(numbers: readonly number[], note: string): Promise<number> {
    return this.#database.write(async (transaction) => {
      const change = this.#storage.change(transaction, systemActor);
      await change.inBulk(async () => {
        for (const number of numbers) {
          const { name, directory } = placeOf(number);
          await change.patch(`/nodes/d${directory}/${name}`, { status: "down", vendor: note });
        }
      });
      return (await change.finish())?.id ?? 0;
    });
  }

  /** Makes so many changes, of a node each, a thousand of them in a transaction. */
  async changeOften(count: number, numberOf: () => number): Promise<void> {
    for (let done = 0; done < count; done += 1000) {
      await this.#database.write(async (transaction) => {
        for (let n = done; n < Math.min(count, done + 1000); n += 1) {
          const { name, directory } = placeOf(numberOf());
          const change = this.#storage.change(transaction, systemActor);
          await change.patch(`/nodes/d${directory}/${name}`, {
            contact: `change ${n}@example.com`,
          });
          await change.finish();
        }
      });
    }
  }

  /** How many nodes there are. */
  count(): Promise<number> {
    return this.#number(
      `select count(*) as n from object
        where type_id = (select id from object_type where name = 'Node')`,
    );
  }

  /** The number of the last change. */
  lastChange(): Promise<number> {
    return this.#number("select max(id) as n from object_change");
  }

  async #number(sql: string): Promise<number> {
    const row = await this.#database.read((transaction) => transaction.get<{ n: number }>(sql));
    return row?.n ?? 0;
  }

  async undo(change: number): Promise<void> {
    await this.#database.write((transaction) =>
      this.#storage.undo(transaction, systemActor, { change }),
    );
  }

  /** A page of what was in a directory after a change. */
  async listAt(change: number, directory: number): Promise<number> {
    return this.#database.read(async (transaction) => {
      const then = await this.#storage.past.at(transaction, systemActor, String(change));
      return (await then.children(`/nodes/d${directory}`, { limit: 50 })).items.length;
    });
  }

  async get(number: number): Promise<void> {
    const { name, directory } = placeOf(number);
    await this.#database.read((transaction) =>
      this.#storage.get(transaction, systemActor, `/nodes/d${directory}/${name}`),
    );
  }

  /** A page of what a user finds who may read three quarters of the nodes. */
  find(search: string, options: Partial<FindPage> = {}): Promise<number> {
    return this.#database.read(async (transaction) => {
      const page = await this.#storage.finder.page(transaction, this.#reader, {
        type: "Node",
        search,
        limit: 50,
        ...options,
      });
      return page.items.length;
    });
  }

  async #findReader(): Promise<void> {
    const user = await this.#database.read((transaction) => findUser(transaction, "reader"));
    if (user !== undefined) await this.#become(user.id);
  }

  async #become(userId: number): Promise<void> {
    const principal = await this.#database.read((transaction) =>
      findPrincipal(transaction, userId, "token"),
    );
    if (principal === undefined) throw new Error("the user is not there");
    this.#reader = { principal, cause: { kind: "person", id: null } };
  }

  async #prepare(): Promise<void> {
    const storage = this.#storage;
    await this.#database.write((transaction) => storage.install(transaction));
    await this.#database.write(async (transaction) => {
      const user = await createUser(transaction, { name: "reader" });
      for (let n = 0; n < groups; n += 1) {
        const group = await createGroup(transaction, { name: `group${n}` });
        if (n < 3) await addMember(transaction, group, user);
      }
      const change = storage.change(transaction, systemActor);
      await change.put("/system/types/Site", "Type", { fields: [] });
      await change.put("/system/types/Service", "Type", { fields: [] });
      await change.put("/system/types/Rack", "Type", {
        fields: [{ name: "site", kind: "object", types: ["Site"] }],
      });
      await change.put("/system/types/Node", "Type", { fields: nodeFields });
      for (let n = 0; n < sites; n += 1) {
        await change.put(`/sites/site${n}`, "Site", {}, { parents: true });
      }
      for (let n = 0; n < services; n += 1) {
        await change.put(`/services/s${n}`, "Service", {}, { parents: true });
      }
      for (let n = 0; n < racks; n += 1) {
        const site = `/sites/site${n % sites}`;
        await change.put(`/racks/r${n}`, "Rack", { site }, { parents: true });
      }
      for (const path of ["/sites", "/services", "/racks"]) {
        await change.grant(path, "everyone", ["read"]);
      }
      for (let n = 0; n < directories; n += 1) {
        await change.put(`/nodes/d${n}`, "Directory", {}, { parents: true });
        // The reader's three groups may read three quarters of them.
        const group = `group${n % 4 === 3 ? 3 + (n % 17) : n % 3}`;
        await change.grant(`/nodes/d${n}`, { group }, ["read"]);
        await change.grant(`/nodes/d${n}`, { group: `group${3 + (n % 17)}` }, ["read", "write"]);
      }
      await change.finish();
    });
    await this.#findReader();
  }
}

const nodeFields = [
  { name: "host", kind: "string", unique: true },
  { name: "serial", kind: "string" },
  { name: "vendor", kind: "string" },
  { name: "model", kind: "string" },
  { name: "os", kind: "string" },
  { name: "contact", kind: "string" },
  { name: "note", kind: "string", searched: true },
  { name: "description", kind: "string" },
  { name: "status", kind: "choice", choices: statuses, indexed: true },
  { name: "role", kind: "choice", choices: roles, indexed: true },
  { name: "stage", kind: "choice", choices: stages },
  { name: "cores", kind: "integer", indexed: true },
  { name: "memory", kind: "integer" },
  { name: "price", kind: "decimal" },
  { name: "bought", kind: "date", indexed: true },
  { name: "expires", kind: "date" },
  { name: "address", kind: "ip address" },
  { name: "tags", kind: "list" },
  { name: "rack", kind: "object", types: ["Rack"] },
  { name: "service", kind: "object", types: ["Service"] },
  { name: "backup", kind: "object" },
];
