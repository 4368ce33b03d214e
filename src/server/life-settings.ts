import type { Transaction } from "#database";
import { settingsPath, systemActor, type ObjectStorage } from "#objects";
import type { LifeSettings } from "#processes";

const dayMs = 24 * 60 * 60 * 1000;

/** What `/system/settings` says of processes; a field that was emptied says what it is shipped with. */
export async function readLifeSettings(
  objects: ObjectStorage,
  transaction: Transaction,
): Promise<LifeSettings> {
  const settings = await objects.get(transaction, systemActor, settingsPath);
  const number = async (field: string, otherwise: number): Promise<number> => {
    const { value } = await objects.readField(transaction, systemActor, settings, field);
    return typeof value === "number" ? value : otherwise;
  };
  return {
    processesMax: await number("processes_max", 2_000_000),
    keepMs: (await number("keep_days", 90)) * dayMs,
    keepProcesses: await number("keep_processes", 10_000_000),
  };
}
