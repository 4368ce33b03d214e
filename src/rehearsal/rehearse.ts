import { parentPath, resolvePath, TsunagiError } from "#kernel";
import { parse } from "#language";
import type { Json, Observer } from "#machine";
import { processFields, type ProcessRow } from "#processes";
import { problemsOf, type Problem } from "./expectations.ts";
import { GivenAnswers } from "./given-answers.ts";
import { RehearsalHouse, type HouseObject } from "./house.ts";
import {
  answerLines,
  channelsOf,
  messageLines,
  objectLines,
  parameterLines,
} from "./suggestion.ts";
import type { ExpectedOutcome, TestCase } from "./test-case.ts";
import { VirtualClock } from "./virtual-clock.ts";

export interface Rehearsal {
  test: TestCase;
  /** The path of the jobflow. */
  flow: string;
  /** The objects of the folder, the jobflow among them, in an order in which they can be made. */
  tree: readonly HouseObject[];
  observer?: Observer | undefined;
}

// A flow that waits for ever between two rounds has shown what it does after so many.
const jumpsMax = 10_000;

/** Runs one case to where nothing more can happen. Gives what does not hold: nothing, if it passed. */
export async function rehearse(rehearsal: Rehearsal): Promise<Problem[]> {
  const { test, flow } = rehearsal;
  const directory = parentPath(flow);
  const clock = new VirtualClock(test.now);
  const console: string[] = [];
  let answers: GivenAnswers | undefined;
  const house = await RehearsalHouse.open({
    clock,
    observer: rehearsal.observer,
    handler: (host, objects) =>
      (answers = new GivenAnswers({ host, objects, clock, answers: test.answers })),
    onConsole: (lines) => void console.push(...lines),
  });
  const world = answers as unknown as GivenAnswers;
  try {
    const id = await begin(house, rehearsal, directory, clock);
    const isOver = await run(house, world, clock, test);
    const [failure] = house.failures;
    if (failure !== undefined) throw failure;
    if (world.unanswered.length > 0) return [unansweredProblem(world)];
    if (!isOver) return [endlessProblem()];
    const row = await house.process(id);
    if (row === undefined) throw new TypeError(`process ${id} is missing`);
    const outcome = outcomeOf(row);
    const problems = await problemsOf(
      test.expect,
      { console, asked: world.asked, outcome, object: (path) => house.object(path) },
      directory,
    );
    if (problems.length > 0) problems.push(...(await missing(house, test, outcome)));
    return problems;
  } catch (error) {
    if (!(error instanceof TsunagiError)) throw error;
    return [startProblem(error, rehearsal)];
  } finally {
    await house.close();
  }
}

async function begin(
  house: RehearsalHouse,
  { test, flow, tree }: Rehearsal,
  directory: string,
  clock: VirtualClock,
): Promise<number> {
  await house.load(tree);
  const given = test.objects.map((each) => ({ ...each, path: resolvePath(each.path, directory) }));
  await house.load(given);
  for (const { channel, afterSeconds, body } of test.messages) {
    const path = resolvePath(channel, directory);
    if (afterSeconds === 0) await house.send(path, body);
    else {
      clock.after(afterSeconds * 1000, () => {
        house.send(path, body).catch((error: unknown) => house.failures.push(error));
      });
    }
  }
  return house.start(flow, test.parameters);
}

/** Lets time pass until nothing more can happen. False if it would go on for ever. */
async function run(
  house: RehearsalHouse,
  world: GivenAnswers,
  clock: VirtualClock,
  { now, until }: TestCase,
): Promise<boolean> {
  const end = until === null ? Infinity : now + until * 1000;
  for (let jumps = 0; jumps < jumpsMax; jumps += 1) {
    await house.settled();
    // What comes after something that is not answered says nothing.
    if (world.unanswered.length > 0 || !clock.jump(end)) return true;
  }
  return false;
}

function outcomeOf(row: ProcessRow): Required<ExpectedOutcome> {
  const { state, status, reason, error, result } = processFields(row);
  return {
    state: state as string,
    status: (status ?? 0) as number,
    reason: reason as string | null,
    error: error as string | null,
    result: result as Json,
  };
}

function unansweredProblem({ unanswered }: GivenAnswers): Problem {
  return {
    message: "the flow asks for something that the test does not answer; add to the case",
    lines: answerLines(unanswered),
  };
}

function endlessProblem(): Problem {
  return {
    message: `the flow still goes on after ${jumpsMax} waits; say when to look at it, in seconds, with`,
    lines: ["  until: 3600"],
  };
}

/** What the case may have forgotten to give. */
async function missing(
  house: RehearsalHouse,
  { expect }: TestCase,
  { state, error }: Required<ExpectedOutcome>,
): Promise<Problem[]> {
  const problems: Problem[] = [];
  const isStuck = state === "waiting" && expect.outcome?.state !== state;
  const channels = isStuck ? (await house.waiting()).flatMap(({ waits }) => channelsOf(waits)) : [];
  if (channels.length > 0) {
    problems.push({
      message:
        "the flow waits for messages that the test does not give; to give some, add to the case",
      lines: messageLines([...new Set(channels)]),
    });
  }
  const [, path] = /no object at (\/\S*)$/.exec(error ?? "") ?? [];
  if (path !== undefined && expect.outcome?.error === undefined) {
    problems.push({
      message: "the flow looks up an object that is not there; to give it, add to the case",
      lines: objectLines(path),
    });
  }
  return problems;
}

/** What is given cannot be: an object that does not fit its type, an unknown channel, parameters that are missing. */
function startProblem(error: TsunagiError, { test, flow, tree }: Rehearsal): Problem {
  const source = tree.find(({ path }) => path === flow)?.fields.source;
  const required =
    error.code === "ARGUMENTS_INVALID" && typeof source === "string" ? requiredIn(source) : [];
  const names = required.filter((name) => !(name in test.parameters));
  if (names.length === 0) return { message: error.message, lines: [] };
  return { message: `${error.message}; add to the case`, lines: parameterLines(names) };
}

function requiredIn(source: string): string[] {
  return parse(source)
    .tree.parameters.filter((parameter) => parameter.default === null)
    .map(({ name }) => name.text);
}
