import type { Transaction } from "#database";

/**
 * What `remote` needs of the object storage: the keys that hosts have shown. The first one is recorded, and from then
 * on expected; who sets a host up anew removes it.
 */
export interface KnownHosts {
  /** As in `known_hosts`: `ssh-ed25519 AAAA…`. */
  find(transaction: Transaction, host: string, port: number): Promise<string | null>;
  /** Keeps the key of a host of which none is known; where one is, that one stays. */
  record(transaction: Transaction, host: string, port: number, key: string): Promise<void>;
}
