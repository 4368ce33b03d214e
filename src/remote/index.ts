/**
 * The server half of remote work: realms, which job manager gets which command, credentials at hand-over, host keys,
 * and the settlement with job managers after an outage. It owns the connected job managers, the open commands, and the tables
 * of how far journals are and which job managers there were.
 * It never runs anything, knows no sockets, and stores no credentials.
 */
export {
  connectedRealms,
  JobManagerObjects,
  recordAllDisconnected,
  recordConnected,
  recordDisconnected,
} from "./job-manager-objects.ts";
export { remoteMigrations, storedJournalHeights, type JournalHeights } from "./journal-heights.ts";
export type { KnownHosts } from "./known-hosts.ts";
export type { OutputChunk, OutputListener } from "./live-output.ts";
export { openManagerGate, type ManagerGate, type ManagerSocket } from "./manager-gate.ts";
export { forgetServer, OtherServers } from "./other-servers.ts";
export { realmDefaults, type Realm, type Realms } from "./realm.ts";
export { Remote, type CommandCounts, type ManagerStatus, type RemoteOptions } from "./remote.ts";
export { settingNames, type Nodes } from "./settings.ts";
