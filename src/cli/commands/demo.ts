import type { Command } from "commander";
import { declare } from "../declare.ts";

export function command(): Command {
  return declare("demo", "Play an outage and its recovery on this machine, for real", [
    "demo",
    "demo --once",
  ])
    .option("--once", "end when the story is told; otherwise the server stays up")
    .action(async (options: { once?: boolean }) => {
      const { playDemo } = await import("../demo/play.ts");
      await playDemo({ once: options.once ?? false });
    });
}
