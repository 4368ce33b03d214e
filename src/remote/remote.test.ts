import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { ObjectValue, SecretValue } from "#machine";
import { RemoteFixture, resultFixture, settled } from "./remote-fixture.ts";

let fixture: RemoteFixture;
beforeEach(() => {
  fixture = new RemoteFixture();
});
afterEach(async () => {
  fixture.remote.stop();
  await settled();
  expect(fixture.clock.timerCount, "every timer is taken back").toBe(0);
});

const journal = "journal-of-here-00";

describe("the way of a command", () => {
  test("it is handed to a connected job manager, and its result is acknowledged when it is on disk", async () => {
    const manager = await fixture.connect();
    const { number } = await fixture.run("uname -a");
    expect(fixture.host.open.get(number)?.detail).toMatchObject({ manager: "here", journal });
    expect(manager.sent.at(-1)).toMatchObject({
      kind: "run",
      number,
      spec: { target: { kind: "local" }, work: { text: "uname -a" } },
    });
    const stored = Promise.withResolvers<void>();
    fixture.host.gate = stored.promise;
    await fixture.receive(manager, resultFixture(number, "Linux\n"));
    expect(manager.acknowledged).toEqual([]);
    stored.resolve();
    await settled();
    expect(fixture.host.outcomes.get(number)).toEqual({
      status: 0,
      result: "Linux",
      error: "",
      reason: null,
    });
    expect(manager.acknowledged).toEqual([number]);
  });

  test("a result that comes twice is acknowledged twice and counts once", async () => {
    const manager = await fixture.connect();
    const { number } = await fixture.run("x");
    await fixture.receive(manager, resultFixture(number, "one"));
    await fixture.receive(manager, resultFixture(number, "two"));
    expect(fixture.host.outcomes.get(number)?.result).toBe("one");
    expect(manager.acknowledged).toEqual([number, number]);
  });

  test("a result that cannot be stored is not acknowledged, and stored later", async () => {
    const manager = await fixture.connect();
    const { number } = await fixture.run("x");
    fixture.host.gate = Promise.reject(new Error("the disk is full"));
    await fixture.receive(manager, resultFixture(number, "one"));
    expect(manager.acknowledged).toEqual([]);
    fixture.host.gate = Promise.resolve();
    await fixture.pass(1000);
    expect(fixture.host.outcomes.get(number)?.result).toBe("one");
    expect(manager.acknowledged).toEqual([number]);
  });

  test("several job managers of a realm share by load", async () => {
    const one = await fixture.connect();
    const two = await fixture.connect({ name: "there", journal: "journal-of-there-0" });
    for (let count = 0; count < 4; count += 1) await fixture.run("x");
    expect([one.runs.length, two.runs.length]).toEqual([2, 2]);
  });

  test("a command that nobody waits for any more is cancelled where it runs", async () => {
    const manager = await fixture.connect();
    const { number } = await fixture.run("sleep 1000");
    fixture.abandon(number);
    await settled();
    expect(manager.sent.at(-1)).toEqual({ kind: "cancel", number });
    await fixture.receive(manager, resultFixture(number, ""));
    expect(manager.acknowledged).toEqual([number]);
    expect(fixture.host.outcomes.size).toBe(0);
  });

  test("what a draining job manager returns goes to another one", async () => {
    const one = await fixture.connect();
    const { number } = await fixture.run("x");
    const two = await fixture.connect({ name: "there", journal: "journal-of-there-0" });
    await fixture.receive(one, { kind: "draining" }, { kind: "returned", number });
    expect(two.runs).toEqual([number]);
    expect(fixture.host.open.get(number)?.detail).toMatchObject({ manager: "there" });
  });

  test("live output comes decoded across the borders of chunks, and once", async () => {
    const seen: string[] = [];
    fixture.remote.onOutput(({ text }) => seen.push(text));
    const manager = await fixture.connect();
    const { number } = await fixture.run("x", { __encoding__: "euc-jp" });
    const chunk = (sequence: number, bytes: number[]) => ({
      kind: "output" as const,
      number,
      stream: "stdout" as const,
      sequence,
      base64: Buffer.from(bytes).toString("base64"),
    });
    await fixture.receive(
      manager,
      chunk(1, [0xc6]),
      chunk(2, [0xfc, 0x61]),
      chunk(2, [0xfc, 0x61]),
    );
    expect(seen).toEqual(["日a"]);
  });
});

describe("targets", () => {
  const node = new ObjectValue(7, "/nodes/web01", "Server");

  test("an explicit value wins over the node's, the node's over the account's; null switches one off", async () => {
    fixture.nodes.set("/nodes/web01", {
      host: "web01",
      user: "ops",
      port: 2222,
      account: new ObjectValue(8, "/accounts/ops", "Account"),
    });
    fixture.nodes.set("/accounts/ops", {
      user: "of-account",
      password: new SecretValue("pw"),
      key: "a key",
    });
    const manager = await fixture.connect();
    await fixture.run("x", { __node__: node, __port__: 22, __key__: null });
    expect(manager.sent.at(-1)).toMatchObject({
      spec: {
        target: { kind: "ssh", host: "web01", port: 22, user: "ops", password: "pw", key: null },
      },
    });
  });

  test("credentials are in the message only", async () => {
    fixture.nodes.set("/nodes/web01", { host: "web01", password: new SecretValue("hush") });
    await fixture.connect();
    const { number } = await fixture.run("x", { __node__: node });
    expect(JSON.stringify(fixture.host.open.get(number)?.detail)).not.toContain("hush");
  });

  test("the first key of a host is recorded, and expected from then on", async () => {
    const manager = await fixture.connect();
    const first = await fixture.run("x", { __host__: "web01" });
    expect(manager.sent.at(-1)).toMatchObject({ spec: { target: { hostKey: null } } });
    await fixture.receive(manager, resultFixture(first.number, "", "ssh-ed25519 AAAA"));
    await fixture.run("x", { __host__: "web01" });
    expect(manager.sent.at(-1)).toMatchObject({
      spec: { target: { hostKey: "ssh-ed25519 AAAA" } },
    });
  });

  test("what does not fit fails the job at once, and is said", async () => {
    await fixture.connect();
    const cases: [Record<string, never> | Record<string, unknown>, string][] = [
      [{ __conntype__: "ssh" }, "__host__"],
      [{ __conntype__: "telnet" }, "'telnet'"],
      [{ __host__: 5 }, "__host__ must be a text, not 'integer'"],
      [{ __host__: "a", __port__: "22" }, "__port__"],
      [{ __sudo__: "yes" }, "__sudo__"],
      [{ __env__: new Map([["A B", "x"]]) }, "'A B'"],
      [{ __env__: new Map([["A", null]]) }, "null"],
      [{ __encoding__: "klingon" }, "'klingon'"],
      [{ __timeout__: -1 }, "__timeout__"],
      [{ __node__: "web01" }, "__node__ must be an object"],
    ];
    for (const [context, part] of cases) {
      const { failed } = await fixture.run("x", context as Record<string, never>);
      expect(failed).toMatchObject({
        status: -1,
        reason: "evaluation",
        error: expect.stringContaining(part),
      });
    }
  });
});

describe("realms", () => {
  test("no such realm fails at once and names those that there are", async () => {
    fixture.realms.set("osaka", { name: "osaka", waitMs: 1000, lostAfterMs: 1000 });
    await fixture.connect({ realm: "tokyo" });
    const { failed } = await fixture.run("x", { __realm__: "kyoto" });
    expect(failed).toMatchObject({
      reason: "unreachable",
      error: "there is no realm 'kyoto' (__realm__); there are default, osaka, tokyo",
    });
  });

  test("a command waits for a job manager of its realm, and goes when one connects", async () => {
    await fixture.connect({ realm: "tokyo" });
    const { number } = await fixture.run("x");
    expect(fixture.host.open.get(number)?.detail).toMatchObject({ manager: null });
    await fixture.pass(119_000);
    const manager = await fixture.connect({ name: "there", journal: "journal-of-there-0" });
    expect(manager.runs).toEqual([number]);
    expect(fixture.host.open.get(number)?.detail).toMatchObject({ manager: "there" });
    await fixture.pass(10_000);
    expect(fixture.host.outcomes.size).toBe(0);
  });

  test("without one in the realm's time it is unreachable", async () => {
    const { number } = await fixture.run("x");
    await fixture.pass(120_000);
    expect(fixture.host.outcomes.get(number)).toMatchObject({ status: -1, reason: "unreachable" });
  });

  test("the times are the realm's own", async () => {
    fixture.realms.set("osaka", { name: "osaka", waitMs: 1000, lostAfterMs: 2000 });
    const { number } = await fixture.run("x", { __realm__: "osaka" });
    await fixture.pass(1000);
    expect(fixture.host.outcomes.get(number)?.reason).toBe("unreachable");
  });
});

describe("settlement after an outage", () => {
  /** A command that was handed over before the connection broke. */
  async function handed(): Promise<number> {
    const manager = await fixture.connect();
    const { number } = await fixture.run("x");
    expect(manager.runs).toEqual([number]);
    fixture.remote.disconnected(manager);
    return number;
  }

  for (const outage of ["the connection breaks", "the server is killed"] as const) {
    describe(outage, () => {
      const breakDown = () => {
        if (outage === "the server is killed") fixture.restart();
      };

      test("what runs goes on, and its result comes late", async () => {
        const number = await handed();
        breakDown();
        const manager = await fixture.connect({
          highest: number,
          open: [{ number, state: "running" }],
        });
        expect(manager.welcome).toEqual({ forget: [], cancel: [] });
        expect(manager.runs).toEqual([]);
        await fixture.pass(700_000);
        await fixture.receive(manager, resultFixture(number, "late"));
        expect(fixture.host.outcomes.get(number)?.result).toBe("late");
      });

      test("what has finished is taken in", async () => {
        const number = await handed();
        breakDown();
        const manager = await fixture.connect({
          highest: number,
          open: [{ number, state: "finished" }],
        });
        await fixture.receive(manager, resultFixture(number, "done"));
        expect(fixture.host.outcomes.get(number)?.result).toBe("done");
        expect(manager.acknowledged).toEqual([number]);
      });

      test("what that journal never saw is sent again, to it alone", async () => {
        const number = await handed();
        breakDown();
        const other = await fixture.connect({ name: "there", journal: "journal-of-there-0" });
        const manager = await fixture.connect();
        expect(other.runs).toEqual([]);
        expect(manager.runs).toEqual([number]);
      });

      test("another journal of the same job manager makes it unknown, and it is not sent again", async () => {
        const number = await handed();
        breakDown();
        const manager = await fixture.connect({ journal: "another-journal-00" });
        expect(fixture.host.outcomes.get(number)).toMatchObject({ status: -1, reason: "unknown" });
        expect(manager.runs).toEqual([]);
      });

      test("without its job manager for too long it is unknown, and a late result changes nothing", async () => {
        const number = await handed();
        breakDown();
        await fixture.pass(600_000);
        expect(fixture.host.outcomes.get(number)?.reason).toBe("unknown");
        const manager = await fixture.connect({
          highest: number,
          open: [{ number, state: "finished" }],
        });
        expect(manager.welcome).toEqual({ forget: [number], cancel: [] });
      });

      test("what was cancelled meanwhile is ended there", async () => {
        const number = await handed();
        fixture.abandon(number);
        breakDown();
        const manager = await fixture.connect({
          highest: number,
          open: [{ number, state: "running" }],
        });
        expect(manager.welcome).toEqual({ forget: [], cancel: [number] });
      });
    });
  }

  test("a journal that was set back to an older state makes it unknown", async () => {
    const manager = await fixture.connect();
    const { number } = await fixture.run("x");
    await fixture.receive(manager, { kind: "started", number });
    fixture.remote.disconnected(manager);
    const again = await fixture.connect({ highest: 0 });
    expect(fixture.host.outcomes.get(number)?.reason).toBe("unknown");
    expect(again.runs).toEqual([]);
  });

  test("so does one that was set back while no server was there", async () => {
    const manager = await fixture.connect();
    const { number } = await fixture.run("x");
    await fixture.receive(manager, { kind: "started", number });
    await fixture.pass(1000);
    fixture.restart();
    const again = await fixture.connect({ highest: 0 });
    expect(fixture.host.outcomes.get(number)?.reason).toBe("unknown");
    expect(again.runs).toEqual([]);
  });

  test("a number above the database's own counter makes the counter jump past it", async () => {
    await fixture.connect({ highest: 500 });
    const { number } = await fixture.run("x");
    expect(number).toBe(501);
  });

  test("a number that the database gave to nobody yet, but a journal has, is unknown: the database was set back", async () => {
    const { number } = await fixture.run("x");
    const manager = await fixture.connect({
      highest: number,
      open: [{ number, state: "running" }],
    });
    expect(fixture.host.outcomes.get(number)?.reason).toBe("unknown");
    expect(manager.welcome).toEqual({ forget: [], cancel: [number] });
    expect(manager.runs).toEqual([]);
  });

  test("what was not handed over moves to another job manager", async () => {
    fixture.nodes.set("/n", { host: "h" });
    const one = await fixture.connect();
    const two = await fixture.connect({ name: "there", journal: "journal-of-there-0" });
    const number = fixture.host.counter + 1;
    // The look-up of the node stands between the commit and the hand-over.
    const running = fixture.run("x", { __node__: new ObjectValue(1, "/n", "Server") });
    await Promise.resolve();
    await Promise.resolve();
    fixture.remote.disconnected(one);
    await running;
    expect([one.runs, two.runs]).toEqual([[], [number]]);
  });

  test("a reconnect takes the place of a connection that hangs", async () => {
    const one = await fixture.connect();
    const { number } = await fixture.run("x");
    const two = await fixture.connect({ highest: number, open: [{ number, state: "running" }] });
    expect(one.closed).toBeDefined();
    await fixture.receive(one, resultFixture(number, "from the grave"));
    expect(fixture.host.outcomes.size).toBe(0);
    await fixture.receive(two, resultFixture(number, "alive"));
    expect(fixture.host.outcomes.get(number)?.result).toBe("alive");
  });

  test("a second job manager of the same name, or of another protocol, is refused with a reason", async () => {
    await fixture.connect();
    const namesake = await fixture.connect({ journal: "journal-of-there-0" });
    expect(namesake.sent[0]).toMatchObject({
      kind: "refuse",
      message: expect.stringContaining("'here'"),
    });
    const old = await fixture.connect({ name: "old", protocol: 0 });
    expect(old.sent[0]).toMatchObject({
      kind: "refuse",
      message: expect.stringContaining("protocol 1"),
    });
    expect(fixture.remote.managers()).toMatchObject([{ name: "here", realm: "default" }]);
  });
});
