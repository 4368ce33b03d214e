/** Imports a file of very many rows, every tenth of them wrong, in a process whose memory is small; tells what came of it. */
import { openScratch } from "#database";
import { identityMigrations } from "#identity";
import { memorySealer } from "#runtime";
import { objectMigrations, ObjectStorage, readRows, systemActor } from "#objects";

const [file = "", mode] = process.argv.slice(2);
const database = await openScratch({ migrations: [...identityMigrations, ...objectMigrations] });
const storage = new ObjectStorage({ sealer: memorySealer() });
await database.write((transaction) => storage.install(transaction));
await database.write(async (transaction) => {
  const change = storage.change(transaction, systemActor);
  await change.put("/system/types/Node", "Type", {
    fields: [
      { name: "host", kind: "string", unique: true },
      { name: "cores", kind: "integer", indexed: true },
      { name: "note", kind: "text" },
      { name: "previous", kind: "object" },
    ],
  });
  await change.finish();
});
const { counts, faults } = await database.write((transaction) =>
  storage.transfer.import(
    transaction,
    systemActor,
    () => readRows({ file, format: "csv" }),
    mode === "dry-run" ? { dryRun: true } : {},
  ),
);
process.stdout.write(JSON.stringify({ counts, first: faults[0] }));
await database.close();
