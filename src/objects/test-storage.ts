import { openScratch, openSqlite, type Database, type Transaction } from "#database";
import {
  addMember,
  createGroup,
  createUser,
  findPrincipal,
  findUser,
  identityMigrations,
} from "#identity";
import { memorySealer, type Sealer } from "#runtime";
import {
  ObjectStorage,
  objectMigrations,
  systemActor,
  type Actor,
  type FieldInputs,
  type ObjectDocument,
  type ObjectStorageOptions,
} from "./index.ts";

/** An installed storage with what tests say again and again, each in a transaction of its own. */
export class TestStorage {
  readonly database: Database;
  readonly storage: ObjectStorage;

  static async open(
    options: Partial<ObjectStorageOptions> & { file?: string; sealer?: Sealer } = {},
  ): Promise<TestStorage> {
    const migrations = [...identityMigrations, ...objectMigrations];
    const database =
      options.file === undefined
        ? await openScratch({ migrations })
        : await openSqlite({ file: options.file, migrations });
    const storage = new ObjectStorage({ sealer: memorySealer(), ...options });
    await database.write((transaction) => storage.install(transaction));
    return new TestStorage(database, storage);
  }

  constructor(database: Database, storage: ObjectStorage) {
    this.database = database;
    this.storage = storage;
  }

  close(): Promise<void> {
    return this.database.close();
  }

  /** Makes a user, in groups that are made if need be, and gives him as an actor. */
  async user(name: string, groups: readonly string[] = []): Promise<Actor> {
    return this.database.write(async (transaction) => {
      const id = await createUser(transaction, { name });
      for (const group of groups) {
        const found = await transaction.get<{ id: number }>(
          "select id from identity_group where name = ?",
          [group],
        );
        await addMember(
          transaction,
          found?.id ?? (await createGroup(transaction, { name: group })),
          id,
        );
      }
      return actorOf(transaction, name);
    });
  }

  read<T>(work: (transaction: Transaction) => Promise<T>): Promise<T> {
    return this.database.read(work);
  }

  /** One change in one transaction. */
  async change<T>(
    actor: Actor,
    work: (change: ReturnType<ObjectStorage["change"]>) => Promise<T>,
    options: { isDraft?: boolean } = {},
  ): Promise<T> {
    return this.database.write(async (transaction) => {
      const change = this.storage.change(transaction, actor, options);
      const result = await work(change);
      await change.finish();
      return result;
    });
  }

  async put(
    path: string,
    type: string,
    fields: FieldInputs = {},
    actor = systemActor,
  ): Promise<number> {
    const { object } = await this.change(actor, (change) =>
      change.put(path, type, fields, { parents: true }),
    );
    return object.id;
  }

  patch(path: string, fields: FieldInputs, actor = systemActor): Promise<unknown> {
    return this.change(actor, (change) => change.patch(path, fields));
  }

  delete(path: string, actor = systemActor): Promise<void> {
    return this.change(actor, (change) => change.delete(path, { recursive: true }));
  }

  document(path: string, actor = systemActor): Promise<ObjectDocument> {
    return this.read(async (transaction) =>
      this.storage.toDocument(transaction, await this.storage.get(transaction, actor, path)),
    );
  }

  async fields(path: string): Promise<ObjectDocument["fields"]> {
    return (await this.document(path)).fields;
  }

  names(path: string, actor = systemActor): Promise<string[]> {
    return this.read(async (transaction) => {
      const page = await this.storage.children(transaction, actor, path, { limit: 1000 });
      return page.items.map((item) => item.name);
    });
  }

  history(path: string): ReturnType<ObjectStorage["history"]> {
    return this.read((transaction) =>
      this.storage.history(transaction, systemActor, path, { limit: 1000 }),
    );
  }

  async type(name: string, fields: FieldInputs[string]): Promise<void> {
    await this.put(`/system/types/${name}`, "Type", { fields });
  }
}

export async function actorOf(transaction: Transaction, name: string): Promise<Actor> {
  const user = await findUser(transaction, name);
  const principal = user && (await findPrincipal(transaction, user.id, "token"));
  if (principal === undefined) throw new Error(`no user ${name}`);
  return { principal, cause: { kind: "person", id: null } };
}
