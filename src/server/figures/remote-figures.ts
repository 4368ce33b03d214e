import { counter, gauge, type Figure, type Sample } from "#kernel";
import type { Remote } from "#remote";

/** Job managers that are connected to this server, and the commands of each realm. */
export function remoteFigures(remote: Remote): Figure[] {
  const managers = remote.managers();
  const byRealm = new Map<string, number>();
  for (const { realm } of managers) byRealm.set(realm, (byRealm.get(realm) ?? 0) + 1);
  const counts = remote.commandCounts();
  const open: Sample[] = [];
  const ended: Sample[] = [];
  for (const [realm, count] of counts) {
    for (const [state, value] of Object.entries(count.open)) {
      open.push({ labels: { realm, state }, value });
    }
    for (const [how, value] of Object.entries(count.ended)) {
      ended.push({ labels: { realm, how }, value });
    }
  }
  return [
    gauge(
      "tsunagi_job_managers",
      "Job managers connected to this server.",
      [...byRealm].map(([realm, value]) => ({ labels: { realm }, value })),
    ),
    gauge(
      "tsunagi_job_manager_commands",
      "Commands that a job manager has.",
      managers.map(({ name, realm, commands }) => ({
        labels: { manager: name, realm },
        value: commands,
      })),
    ),
    gauge("tsunagi_commands_open", "Commands that have not ended.", open),
    counter(
      "tsunagi_commands_total",
      "Commands that have ended: done with whatever status, failed, unreachable, or of unknown fate.",
      ended,
    ),
  ];
}
