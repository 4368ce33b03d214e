import type { Migration, Transaction } from "#database";
import { shardCount } from "./shards.ts";

/** The tables of the engine. Only this domain reads and writes them. */
export const processMigrations: readonly Migration[] = [
  { name: "processes/0001-engine", up: (transaction) => runAll(transaction, statements) },
  {
    name: "processes/0002-jobs-and-steps",
    up: (transaction) => runAll(transaction, jobStatements),
  },
  {
    name: "processes/0003-cheaper-turns",
    up: (transaction) => runAll(transaction, cheaperTurnStatements),
  },
  { name: "processes/0004-counts", up: (transaction) => runAll(transaction, countStatements) },
  { name: "processes/0005-life", up: (transaction) => runAll(transaction, lifeStatements) },
  {
    name: "processes/0006-shards",
    async up(transaction) {
      await runAll(transaction, shardStatements);
      for (let id = 0; id < shardCount; id += 1) {
        await transaction.run("insert into shard (id, server) values (?, 0)", [id]);
      }
    },
  },
];

async function runAll(transaction: Transaction, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await transaction.run(statement);
}

const shardStatements = [
  // Which server has which shard; 0: the only one there is, or none.
  `create table shard (id integer primary key, server integer not null)`,
  `alter table process add column shard integer not null default 0`,
  `alter table timer add column shard integer not null default 0`,
  `alter table waiter add column shard integer not null default 0`,
  // What one server has for a process of another one; a turn: it is what the process waits for since that turn.
  `create table arrival (
     id integer primary key autoincrement,
     shard integer not null,
     process integer not null,
     turn integer,
     body text not null
   )`,
  `create index arrival_process on arrival (process, turn)`,
  `create table arrival_answer (
     arrival integer primary key,
     body text not null,
     answered_at integer not null
   )`,
];

const lifeStatements = [
  // JSON of who holds it, since when and why; null: nobody does.
  `alter table process add column suspension text`,
  // With what it was started, so that it can be started again; null: with nothing.
  `alter table process add column parameters text`,
  // Which process it does again, and which one does it again.
  `alter table process add column rerun_of integer`,
  `alter table process add column rerun_by integer`,
  // Characters of its console in the table console: only so many are kept.
  `alter table process add column console_size integer not null default 0`,
  // What is over is cut in the order in which it was made; abnormal ends are few, and looked for.
  `create index process_past on process (id) where ended_at is not null`,
  `create index process_aborted on process (id) where state = 'aborted'`,
  `create index process_cancelled on process (id) where state = 'cancelled'`,
  `create index process_aborted_jobflow on process (jobflow_id, id) where state = 'aborted'`,
  // The runs of a jobflow: all, and those that count for its limit; who waits for his turn has not started.
  `create index process_jobflow on process (jobflow_id, id) where parent is null`,
  `create index process_jobflow_live on process (jobflow_id, id) 
     where parent is null and ended_at is null and (started_at is not null or state = 'ready')`,
  // The limits of the last saved version of a jobflow: at most so many at once (null: any number), and what happens then.
  `alter table jobflow_program add column processes_max integer`,
  `alter table jobflow_program add column when_full text`,
  // Messages of a channel are numbered without gaps, so that the first and the last tell how many there are.
  `alter table mailbox add column place integer not null default 0`,
  `update mailbox set place = (select numbered.place from
     (select id, row_number() over (partition by channel order by id) as place from mailbox) numbered
     where numbered.id = mailbox.id)`,
];

const countStatements = [
  // They are few, and counted by whoever watches the installation.
  `create index process_suspended on process (id) where state = 'suspended'`,
];

const cheaperTurnStatements = [
  // The newest lines of the console; they move on to `console` when they have become some.
  `alter table process add column console_tail text`,
  // The number of an effect changes every turn, and an index of it with it. The state seldom does.
  `drop index process_effect`,
  `create index process_running on process (id) where state = 'running'`,
];

const jobStatements = [
  // Whether it stops before each command (0, 1), and what it did; the newest jobs stand in the process's own row.
  `alter table process add column step integer not null default 0`,
  `alter table process add column jobs text`,
  // Older jobs, some a row; each names the row before it of its process, the newest stands in the process's own row.
  `create table job_block (
     id integer primary key,
     process integer not null,
     previous integer,
     text text not null
   )`,
];

const statements = [
  // A program is stored once, by the hash of its text, and never changed: processes refer to it until they end.
  `create table program (hash text primary key, body text not null) without rowid`,
  // The last version of a jobflow that compiled. `source_hash` tells whether the saved source is that version.
  `create table jobflow_program (
     object_id integer primary key,
     program text not null,
     is_current integer not null
   )`,
  // One row a process. Ids grow with time (random ones cost 2.8 times as much). A parked process is only this row.
  `create table process (
     id integer primary key,
     parent integer,
     root integer,
     jobflow_id integer,
     jobflow text not null,
     principal integer not null,
     started_by text not null,
     state text not null,
     turn integer not null,
     snapshot text,
     input text,
     live_children integer not null,
     waits_for text,
     waits_since integer,
     effect_number integer,
     effect_detail text,
     console_lines integer not null,
     status integer,
     reason text,
     result text,
     error text,
     trace text,
     value text,
     created_at integer not null,
     started_at integer,
     ended_at integer
   )`,
  `create index process_live on process (id) where ended_at is null`,
  `create index process_ready on process (id) where state = 'ready'`,
  `create index process_effect on process (effect_number) where effect_number is not null`,
  `create index process_parent on process (parent) where parent is not null and ended_at is null`,
  `create index process_root on process (root, id) where root is not null`,
  `create index process_started_by on process (started_by, id)`,
  // Timers are no column of process: it is rewritten every turn, they are not.
  `create table timer (
     wake_at integer not null,
     process integer not null,
     turn integer not null,
     primary key (wake_at, process)
   ) without rowid`,
  `create index timer_process on timer (process)`,
  // Who waits for a channel, a lock, the end of a process, or of children. Served in order of id.
  `create table waiter (
     id integer primary key,
     kind text not null,
     target integer not null,
     process integer not null,
     turn integer not null,
     wait_index integer not null,
     argument integer not null
   )`,
  `create index waiter_target on waiter (kind, target, id)`,
  `create index waiter_process on waiter (process)`,
  `create table mailbox (
     id integer primary key,
     channel integer not null,
     body text not null,
     sender text not null,
     received_at integer not null
   )`,
  `create index mailbox_channel on mailbox (channel, id)`,
  `create table lock_holder (object_id integer primary key, process integer not null)`,
  `create index lock_holder_process on lock_holder (process)`,
  // One row a turn that printed. `first_line` is the number of its first line.
  `create table console (
     id integer primary key,
     process integer not null,
     first_line integer not null,
     printed_at integer not null,
     text text not null
   )`,
  `create index console_process on console (process, first_line)`,
  // Numbers of effects grow over the whole installation and are never used twice.
  `create table effect_counter (id integer primary key, number integer not null)`,
  `insert into effect_counter (id, number) values (1, 0)`,
];
