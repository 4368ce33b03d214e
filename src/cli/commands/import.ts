import type { Command } from "commander";
import { resolvePath, TsunagiError } from "#kernel";
import { connect, withConnection, type Client, type ConnectionOptions } from "../client.ts";
import { declare } from "../declare.ts";
import { assertNoFaults, readFolderTree, type TreeObject } from "../folder-tree.ts";

export function command(): Command {
  return withConnection(
    declare("import", "Put a folder's jobflows, scripts and objects on a server", [
      "import examples/web-recovery",
      "import ./procedures /ops",
    ]),
  )
    .argument("<folder>", "x.jobflow, x.yaml ({type, fields}), x.sh and the like")
    .argument("[path]", "the directory that gets them; what is in system/ goes to /system", "/")
    .option("--json", "print errors as problem documents")
    .action(async (folder: string, path: string, options: ConnectionOptions) => {
      const count = await importFolder(connect(options), folder, resolvePath(path));
      process.stdout.write(`${count} objects\n`);
    });
}

/** Puts all objects of a folder; gives their number. */
export async function importFolder(client: Client, folder: string, base = "/"): Promise<number> {
  const { objects, faults } = readFolderTree(folder, base);
  assertNoFaults(faults);
  for (const object of objects) await putObject(client, object);
  return objects.length;
}

async function putObject(client: Client, { path, type, fields, file }: TreeObject): Promise<void> {
  // A directory that is there already stays as it is.
  if (type === "Directory" && (await exists(client, path))) return;
  try {
    await client.put(path, { type, fields }, { parents: true });
  } catch (error) {
    throw error instanceof TsunagiError ? naming(file, error) : error;
  }
}

/** The same failure, with the file that it concerns. */
function naming(file: string, error: TsunagiError): TsunagiError {
  return new TsunagiError(error.code, `${file}: ${error.message}`, {
    details: error.details,
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    cause: error,
  });
}

async function exists(client: Client, path: string): Promise<boolean> {
  try {
    await client.get(path);
    return true;
  } catch (error) {
    if (error instanceof TsunagiError && error.code === "OBJECT_NOT_FOUND") return false;
    throw error;
  }
}
