/** A connection of a job manager as the gateway or the in-process transport holds it: frames are JSON texts. */
export interface JobManagerConnection {
  /** Unique among the connections of this server. */
  readonly id: number;
  readonly token: string;
  send(text: string): void;
  close(reason: string): void;
}

/** Where job managers come in. */
export interface JobManagerDoor {
  /** Rejects with TOKEN_INVALID; else what the connection then brings is handed in here. */
  open(connection: JobManagerConnection): Promise<{ message(text: string): void; closed(): void }>;
}
