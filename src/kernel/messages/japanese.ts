import { commandLine } from "./ja/command-line.ts";
import { jobManager } from "./ja/job-manager.ts";
import { language } from "./ja/language.ts";
import { libraries } from "./ja/libraries.ts";
import { machine } from "./ja/machine.ts";
import { objects } from "./ja/objects.ts";
import { operations } from "./ja/operations.ts";
import { people } from "./ja/people.ts";
import { platform } from "./ja/platform.ts";
import { processes } from "./ja/processes.ts";
import { rehearsal } from "./ja/rehearsal.ts";
import { server } from "./ja/server.ts";
import { transfer } from "./ja/transfer.ts";

/**
 * Everything that is said to people, in Japanese, a table a room. It stands down here, like the registry of errors, because
 * whoever shows a text (command line, server, browser) may show one of any room. `test/messages/` holds that nothing is
 * missing and nothing is said by nobody.
 */
export const japanese = {
  language,
  machine,
  processes,
  jobManager,
  objects,
  transfer,
  people,
  server,
  operations,
  platform,
  rehearsal,
  commandLine,
  libraries,
};
