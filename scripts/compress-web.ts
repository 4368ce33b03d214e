import { globSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

/** Puts a compressed copy beside each file of the built application, so that the gateway compresses nothing while it serves. */

const folder = new URL("../dist/web/assets/", import.meta.url).pathname;

// A smaller file costs the headers, and more than it saves.
const sizeMinBytes = 1024;

for (const name of globSync("*.{js,css,svg}", { cwd: folder })) {
  const content = readFileSync(folder + name);
  if (content.length < sizeMinBytes) continue;
  const params = { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY };
  writeFileSync(`${folder}${name}.br`, brotliCompressSync(content, { params }));
  writeFileSync(`${folder}${name}.gz`, gzipSync(content, { level: 9 }));
}
