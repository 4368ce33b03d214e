/** Files that are put into objects while the server is killed; run by a caller of a few lines for each kind of database. */
import { createHash, randomBytes } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { setImmediate, setTimeout as delay } from "node:timers/promises";
import { expect, test } from "vitest";
import { ServerProcess } from "./server-process.ts";

// A start takes seconds on a busy machine.
const timeout = 180_000;

const megabyte = 1024 ** 2;
const hashOf = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

export function attachmentKills(subject: () => { server: ServerProcess; data: string }): void {
  const put = (field: string, body: unknown) => {
    const { server } = subject();
    return fetch(`${server.url}/rack?field=${field}`, {
      method: "PUT",
      headers: { authorization: `Bearer ${server.token}` },
      body: body as NonNullable<RequestInit["body"]>,
      duplex: "half",
    });
  };
  const get = async (field: string) => {
    const { server } = subject();
    return fetch(`${server.url}/rack?field=${field}`, {
      headers: { authorization: `Bearer ${server.token}`, accept: "application/json" },
    });
  };
  const files = () => filesBelow(join(subject().data, "attachments"));

  test("kill -9 during an upload leaves neither a change nor a file", { timeout }, async () => {
    const { server } = subject();
    await server.client.put("/system/types/Rack", {
      type: "Type",
      fields: {
        fields: ["manual", "photo"].map((name) => ({ name, kind: "file" })),
      },
    });
    await server.client.put("/rack", { type: "Rack", fields: {} });
    const sent = Promise.withResolvers<void>();
    const endless = new ReadableStream<Uint8Array>({
      async pull(controller) {
        await setImmediate();
        sentBytes += megabyte;
        controller.enqueue(randomBytes(megabyte));
        if (sentBytes > 8 * megabyte) sent.resolve();
      },
    });
    let sentBytes = 0;
    const broken = put("manual", endless).then(
      () => "answered",
      () => "broken",
    );
    await sent.promise;
    await server.kill();
    expect(await broken).toBe("broken");
    await server.start();
    expect(files()).toEqual([]);
    const { fields, revision } = await server.client.get("/rack");
    expect([fields.manual, revision]).toEqual([null, 1]);
    expect((await get("manual")).status).toBe(404);
  });

  test(
    "whatever moment it is killed at, a field holds the whole of one file",
    { timeout },
    async () => {
      const { server } = subject();
      let before: string | null = null;
      for (let round = 0; round < 3; round += 1) {
        const bytes = randomBytes(3 * megabyte + round);
        const answered = put("photo", bytes).then(
          (response) => response.status,
          () => undefined,
        );
        // From the first byte to after the answer.
        await Promise.race([delay(round * 60), answered]);
        await server.kill();
        const status = await answered;
        await server.start();
        const got = await get("photo");
        const now = got.ok ? hashOf(new Uint8Array(await got.arrayBuffer())) : null;
        expect([before, hashOf(bytes)]).toContain(now);
        if (status === 200) expect(now).toBe(hashOf(bytes));
        before = now;
      }
      await put("photo", randomBytes(100));
      expect((await get("photo")).status).toBe(200);
    },
  );

  test.runIf(process.platform === "linux")(
    "the server does not grow with a file",
    { timeout },
    async () => {
      const { data } = subject();
      const { pid } = JSON.parse(readFileSync(join(data, "server.json"), "utf8")) as {
        pid: number;
      };
      const peakMegabytes = () => {
        const status = readFileSync(`/proc/${pid}/status`, "utf8");
        return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) / 1024;
      };
      await put("photo", randomBytes(megabyte));
      const peakBefore = peakMegabytes();
      const piece = randomBytes(megabyte);
      const hash = createHash("sha256");
      let left = 400;
      const large = new ReadableStream<Uint8Array>({
        async pull(controller) {
          await setImmediate();
          if (left === 0) return controller.close();
          left -= 1;
          hash.update(piece);
          controller.enqueue(piece);
        },
      });
      expect((await put("manual", large)).status).toBe(200);
      const response = await get("manual");
      const received = createHash("sha256");
      for await (const chunk of response.body ?? []) received.update(chunk);
      expect(received.digest("hex")).toBe(hash.digest("hex"));
      // Half of the file at most; what it grows by is buffers on the way, and what is not collected yet.
      expect(peakMegabytes() - peakBefore).toBeLessThan(200);
    },
  );
}

function filesBelow(folder: string): string[] {
  try {
    return readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) =>
      statSync(join(folder, name)).isFile(),
    );
  } catch {
    return [];
  }
}
