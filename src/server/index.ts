/**
 * Plugs the domains together: the house (all domains over one database), its threads, the gateway, and the job manager
 * that a server starts beside itself. Holds no rules of its own; what a request means is decided in the domains.
 */
export type { CommandNews } from "./command-news.ts";
export {
  openEmbeddedHouse,
  type EmbeddedHouse,
  type EmbeddedHouseOptions,
} from "./embedded-house.ts";
export type { JobManagerConnection, JobManagerDoor } from "./job-manager-door.ts";
export type { BackupManifest } from "./backup/backup-manifest.ts";
export { checkBackup } from "./backup/check-backup.ts";
export {
  restoreBackup,
  type RestoreBackupOptions,
  type RestoredBackup,
} from "./backup/restore-backup.ts";
export { takeBackup, type TakeBackupOptions } from "./backup/take-backup.ts";
export {
  migrateInstallation,
  type MigratedInstallation,
  type MigrateOptions,
} from "./migrate-installation.ts";
export { startServer, type RunningServer, type ServerOptions } from "./start-server.ts";
export {
  createLocalToken,
  listLocalTokens,
  revokeLocalToken,
  type LocalDatabase,
  type LocalToken,
} from "./local-token.ts";
export type {
  ArgumentOf,
  Credentials,
  House,
  OperationName,
  Operations,
  ResultOf,
} from "./operations.ts";
