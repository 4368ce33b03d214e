import { Command } from "commander";

/** A command with its description and examples, as all of them look. */
export function declare(name: string, description: string, examples: readonly string[]): Command {
  const lines = examples.map((each) => `  $ tsunagi ${each}`).join("\n");
  return new Command(name)
    .description(description)
    .helpOption("-h, --help", "print this help")
    .helpCommand(false)
    .addHelpText("after", `\nExample${examples.length > 1 ? "s" : ""}:\n${lines}`);
}

/** An option that may be given several times: `--param a=1 --param b=2`. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
