/** Stores the sample's program and snapshot as this release writes them; once a release, and never again after it. */
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { version } from "../src/runtime/index.ts";
import { formatsFolder, storeSample } from "../test/formats/formats.ts";
import { storeWaiting } from "../test/formats/waiting.ts";

const folder = join(formatsFolder, version);
if (existsSync(folder)) {
  console.log(`${folder} is there already; what a release has stored is not written again`);
} else {
  const { program, snapshot } = storeSample();
  mkdirSync(folder);
  writeFileSync(join(folder, "program.json"), `${program}\n`);
  writeFileSync(join(folder, "snapshot.json"), `${snapshot}\n`);
  const waiting = JSON.stringify(storeWaiting(), null, 1);
  writeFileSync(join(folder, "waiting.json"), `${waiting}\n`);
  console.log(`wrote ${folder}`);
}
