/**
 * The engine: durable steps (DESIGN section 9) on SQLite, with a job manager in the engine's own thread and with a server and a job
 * manager as operators start them, and on PostgreSQL by one, two and three servers; one step alone; a message's way to its first
 * command; what waiting costs; and how long after a kill -9 all go on. Beside them the same work on DBOS Transact and
 * graphile-worker, and what the disk and the database could do at most.
 */
import { bench as alert } from "./alert.ts";
import { startEmbeddedProcess } from "./engine/embedded-process.ts";
import { measureLimits } from "./engine/limits.ts";
import { startOnPostgres } from "./engine/on-postgres.ts";
import { measureParked } from "./engine/parked.ts";
import { measureRecovery } from "./engine/recovery.ts";
import { directoryFor, pidsOf, runOn, startServer } from "./engine/servers.ts";
import { measureOneStep, measureSteps, stepsPerSecond, type Subject } from "./engine/subject.ts";
import type { Bench, Measured } from "./main.ts";

export const bench: Bench = {
  summary: "durable steps, latency, parked processes and recovery, beside DBOS and graphile-worker",
  async prepare(scene) {
    const { cleanup, isQuick } = scene;
    const embedded = await startEmbeddedProcess(cleanup, directoryFor(cleanup));
    const inside: Subject = { name: "sqlite", pids: [embedded.pid], run: embedded.run };
    const server = await startServer(cleanup);
    const beside: Subject = {
      name: "sqlite/job-manager",
      pids: await pidsOf(server),
      run: (path, parameters) => runOn(server.process, path, parameters),
    };
    const { subjects, peers } = await startOnPostgres(cleanup, isQuick ? [1] : [1, 2, 3]);
    const measureAlert = await alert.prepare({ ...scene, note: () => undefined });
    const parked = await measureParked(
      cleanup,
      isQuick ? [1000, 10_000] : [10_000, 100_000, 1_000_000],
    );
    const stepsAlone = isQuick ? 100 : 1000;
    return async () => {
      const ofPeers: Record<string, number> = {};
      for (const peer of peers) ofPeers[peer.name] = await stepsPerSecond(peer);
      const figures: Measured[] = [
        ...(await measureSteps(inside, { ...measureLimits(), ...ofPeers })),
        ...(await measureSteps(beside, {})),
      ];
      for (const subject of subjects) {
        figures.push(...(await measureSteps(subject, subject.name === "postgres" ? ofPeers : {})));
      }
      for (const subject of [inside, beside, ...subjects.slice(0, 1)]) {
        figures.push(await measureOneStep(subject, stepsAlone));
      }
      const ofAlerts = await measureAlert();
      for (const { name, unit, value } of ofAlerts) {
        figures.push({ name: name.replace("alert/", "engine/"), unit, value, peers: {} });
      }
      return [...figures, ...parked, await measureRecovery(isQuick ? 1000 : 10_000)];
    };
  },
};
