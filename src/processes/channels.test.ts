import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TestEngine } from "./test-engine.ts";

const listener =
  "|n| { while true | <./mail> -> { if $RESULT == 'end' | return(null) } -> [./log << $RESULT] }";

async function channel(fields: Record<string, string | number> = {}): Promise<TestEngine> {
  const at = await TestEngine.open();
  await at.put("/mail", "Channel", fields);
  return at;
}

/** Sends as the flows do, so that the channel's own fields count. */
function sender(path: string, texts: readonly string[]): string {
  return `[texts = ${JSON.stringify(texts)}] -> { for t in texts | [${path} << t] }`;
}

describe("a channel", () => {
  test("keeps the order of each sender, and gives each message to one waiter", async () => {
    const message = fc.tuple(fc.constantFrom("a", "b", "c"), fc.boolean());
    await fc.assert(
      fc.asyncProperty(fc.array(message, { maxLength: 30 }), fc.nat(2), async (sent, listeners) => {
        const at = await channel();
        await at.put("/log", "Channel", { limit: 1000 });
        await at.put("/listener", "Jobflow", { source: listener });
        const numbers = new Map<string, number>();
        let started = 0;
        for (const [from, startsOne] of sent) {
          if (startsOne && started <= listeners) {
            started += 1;
            await at.startSaved("/listener", { n: String(started) });
          }
          const number = (numbers.get(from) ?? 0) + 1;
          numbers.set(from, number);
          await at.put(`/send/${from}${number}`, "Jobflow", {
            source: `[/mail << '${from}${number}']`,
          });
          await at.startSaved(`/send/${from}${number}`);
        }
        await at.startSaved("/listener", { n: "last" });
        await at.engine.settled();
        const rows = await at.database.read((tx) =>
          tx.all<{ body: string }>("select body from mailbox order by id"),
        );
        const taken = rows.map(({ body }) => JSON.parse(body) as string);
        expect(taken.toSorted()).toEqual(
          [...numbers]
            .flatMap(([from, count]) =>
              Array.from({ length: count }, (_, index) => `${from}${index + 1}`),
            )
            .toSorted(),
        );
        for (const from of numbers.keys()) {
          const own = taken
            .filter((text) => text.startsWith(from))
            .map((text) => Number(text.slice(1)));
          expect(own).toEqual(own.toSorted((a, b) => a - b));
        }
        await at.database.close();
      }),
      { numRuns: 15 },
    );
  });

  test("refuses a message that it has no room for, and says so", async () => {
    const at = await channel({ limit: 2 });
    const id = await at.start(
      "/send",
      `${sender("/mail", ["1", "2", "3"])} =>> print('$REASON: $ERROR')`,
    );
    await at.ended(id);
    expect(await at.console(id)).toEqual([
      "limit: channel /mail already holds 2 messages that nobody has taken",
    ]);
  });

  test("has room again when messages were taken", async () => {
    const at = await channel({ limit: 2 });
    for (let round = 0; round < 3; round += 1) {
      await at.start("/send", sender("/mail", ["1", "2"]));
      const id = await at.start(
        "/take",
        "<./mail> -> print($RESULT) -> <./mail> -> print($RESULT)",
      );
      await at.ended(id);
      expect(await at.console(id)).toEqual(["1", "2"]);
    }
  });

  test.each([
    [2, ["4", "5"]],
    [1, ["5"]],
    [0, []],
  ])("that drops the oldest keeps the newest %i", async (limit, expected) => {
    const at = await channel({ limit, when_full: "drop_oldest" });
    await at.start("/send", sender("/mail", ["1", "2", "3", "4", "5"]));
    const id = await at.start("/take", "{ while true | <./mail> -> print($RESULT) }");
    expect(await at.console(id)).toEqual(expected);
  });

  test("leaves a message out that cannot be read, and gives the next one", async () => {
    const at = await channel();
    await at.start("/send", sender("/mail", ["poison", "good"]));
    await at.engine.write((tx) =>
      tx.run("update mailbox set body = '{\"$broken' where body like '%poison%'"),
    );
    const id = await at.start("/take", "<./mail> -> print($RESULT)");
    await at.ended(id);
    expect(await at.console(id)).toEqual(["good"]);
    expect(String(at.failures[0])).toMatch(/message 1 of channel \/mail cannot be read/);
  });

  test("outlives who fails over a message: the next one takes the next", async () => {
    const at = await channel();
    const flow = "<./mail> -> print($RESULT + 1)";
    const [first, second] = [await at.start("/first", flow), await at.start("/second", flow)];
    await at.start("/send", "[/mail << 'no number'] -> [/mail << 2]");
    expect(await at.ended(first)).toMatchObject({ state: "aborted", reason: "evaluation" });
    expect(await at.ended(second)).toMatchObject({ state: "done" });
    expect(await at.console(second)).toEqual(["3"]);
  });
});
