import type { Migration, Transaction } from "#database";
import { insertPastPlace, type Place } from "./past-place.ts";
import { currentStates, stateBefore, stepsAfter, type PastState } from "./past-state.ts";

/** Makes the past be found by path and by time. */
export const historyMigration: Migration = {
  name: "objects/0002-history-places",
  async up(transaction) {
    for (const statement of statements) await transaction.run(statement);
    await fillPlaces(transaction);
  },
};

const statements = [
  // A place that an object has left: it came there with the change `since`, and left with `change_id`.
  `create table object_place (
    object_id bigint not null,
    change_id bigint not null,
    parent_id bigint,
    name text not null,
    since bigint not null,
    primary key (object_id, change_id)
  )`,
  "create index object_place_parent on object_place (parent_id, name, change_id)",
  "create index object_history_deleted on object_history (change_id, object_id) where operation = 'delete'",
  "create index object_change_at on object_change (at, id)",
  "create index object_change_cause on object_change (cause_kind, cause_id, id)",
];

/** The rows of a change lie together, and in the order in which changes come; an object's are found by an index. */
export const historyOrderMigration: Migration = {
  name: "objects/0005-history-order",
  async up(transaction) {
    for (const statement of orderStatements) await transaction.run(statement);
  },
};

const orderStatements = [
  "alter table object_history rename to object_history_before",
  "drop index object_history_change",
  "drop index object_history_deleted",
  `create table object_history (
    change_id bigint not null,
    object_id bigint not null,
    revision bigint not null,
    operation text not null,
    before text,
    primary key (change_id, object_id)
  ) without rowid`,
  `insert into object_history (change_id, object_id, revision, operation, before)
    select change_id, object_id, revision, operation, before from object_history_before
      order by change_id, object_id`,
  "drop table object_history_before",
  "create unique index object_history_object on object_history (object_id, revision)",
  "create index object_history_deleted on object_history (change_id, object_id) where operation = 'delete'",
];

const batchSize = 500;

/** For a database that has a history already. */
async function fillPlaces(transaction: Transaction): Promise<void> {
  let last = 0;
  for (;;) {
    const rows = await transaction.all<{ object_id: number }>(
      `select distinct object_id from object_history where object_id > ? order by object_id limit ?`,
      [last, batchSize],
    );
    const ids = rows.map((row) => row.object_id);
    const now = await currentStates(transaction, ids);
    const steps = await stepsAfter(transaction, ids, 0);
    for (const id of ids) {
      const left: { changeId: number; place: Place }[] = [];
      let state: PastState | null = now.get(id) ?? null;
      for (const step of steps.get(id) ?? []) {
        const before: PastState | null = stateBefore(state, step);
        if (before !== null && !(state !== null && isSamePlace(before, state))) {
          left.unshift({ changeId: step.changeId, place: before });
        }
        state = before;
      }
      for (const { changeId, place } of left) {
        await insertPastPlace(transaction, changeId, id, place);
      }
    }
    if (ids.length < batchSize) return;
    last = ids.at(-1) ?? last;
  }
}

function isSamePlace(a: Place, b: Place): boolean {
  return a.parentId === b.parentId && a.name === b.name;
}
