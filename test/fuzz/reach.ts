import { compile, compiledChains, type CompiledChain } from "#language";
import { builtins, opcode, type Frame, type Observer, type Program } from "#machine";
import { allBlockKinds, jobKindsOf } from "./kinds.ts";

/** What the programs of a run reached together: of each thing that there is, how often. */
export class Reach {
  readonly opcodes = new Map<string, number>();
  readonly builtins = new Map<string, number>();
  readonly blocks = new Map<string, number>();
  /** `-> after a success`, `-> after a failure` and so on. */
  readonly sides = new Map<string, number>();

  /** Watches a run; what ran is counted, not what is only written. */
  observe(source: string, program: Program, path: string): Observer {
    const links = linksOf(source);
    for (const name of jobKindsOf(compile(source).tree)) count(this.blocks, name);
    const last = new WeakMap<Readonly<Frame>, number>();
    const isOurs = (frame: Readonly<Frame>): boolean => frame.path === path;
    return {
      instruction: (frame) => {
        if (!isOurs(frame)) return;
        const { code } = program.functions[frame.function] as { code: readonly number[] };
        const number = code[frame.pc] as number;
        count(this.opcodes, opcode.instructions.get(number)?.name ?? `unknown ${number}`);
        if (number === opcode.builtin)
          count(this.builtins, program.builtins[code[frame.pc + 1] as number] ?? "?");
        const before = last.get(frame) ?? frame.pc - 1;
        for (const { connector, start, end, index } of links) {
          if (index === frame.function && end === frame.pc && before >= start && before < end)
            count(this.sides, `${connector} after a success`);
        }
        last.set(frame, frame.pc);
      },
      handled: (frame, start, end) => {
        if (!isOurs(frame)) return;
        for (const link of links) {
          const { index } = link;
          if (index === frame.function && link.start >= start && link.end <= end) {
            const at = last.get(frame) ?? -1;
            if (at >= link.start && at < link.end)
              count(this.sides, `${link.connector} after a failure`);
          }
        }
        last.set(frame, -1);
      },
    };
  }

  /** What there is and no program reached. */
  missing(): string[] {
    const wanted: [ReadonlyMap<string, number>, string, readonly string[]][] = [
      [this.opcodes, "the instruction", [...opcode.instructions.values()].map(({ name }) => name)],
      [
        this.builtins,
        "the function",
        builtins.filter(({ kind }) => kind === "function").map(({ name }) => name),
      ],
      [this.blocks, "the block or job", allBlockKinds],
      [
        this.sides,
        "the connector",
        ["->", "=>", "->>", "=>>"].flatMap((each) => [
          `${each} after a success`,
          `${each} after a failure`,
        ]),
      ],
    ];
    return wanted.flatMap(([reached, what, names]) =>
      names.filter((name) => !reached.has(name)).map((name) => `${what} '${name}'`),
    );
  }
}

interface LinkPlace {
  /** The connector behind the job. */
  connector: string;
  index: number;
  start: number;
  end: number;
}

function linksOf(source: string): LinkPlace[] {
  return compiledChains(source).flatMap(({ function: index, chain, places }: CompiledChain) =>
    chain.links.slice(1).map(({ connector }, link) => ({
      connector: connector?.text ?? "",
      index,
      ...(places[link] as { start: number; end: number }),
    })),
  );
}

function count(map: Map<string, number>, name: string): void {
  map.set(name, (map.get(name) ?? 0) + 1);
}
