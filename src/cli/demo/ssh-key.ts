import ssh2 from "ssh2";

export interface SshKeyPair {
  public: string;
  private: string;
}

/**
 * A new ed25519 key pair in OpenSSH's format. About one in 150 that ssh2 1.17 makes is malformed (a key that
 * begins with a zero byte loses it), so each is read back.
 */
export function makeSshKey(): SshKeyPair {
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    if (!(ssh2.utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}
