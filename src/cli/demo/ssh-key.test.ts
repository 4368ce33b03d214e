import ssh2 from "ssh2";
import { expect, test } from "vitest";
import { makeSshKey } from "./ssh-key.ts";

test("a key pair can always be read back, and its halves fit each other", () => {
  for (let n = 0; n < 200; n += 1) {
    const { public: publicKey, private: privateKey } = makeSshKey();
    const [whole, half] = [ssh2.utils.parseKey(privateKey), ssh2.utils.parseKey(publicKey)];
    if (whole instanceof Error) throw whole;
    if (half instanceof Error) throw half;
    expect(whole.getPublicSSH()).toEqual(half.getPublicSSH());
  }
});
