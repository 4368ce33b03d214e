import { mkdirSync, realpathSync } from "node:fs";
import { basename, dirname, isAbsolute, join, sep } from "node:path";

/**
 * The one directory of the job manager's host in which `put` and `get` find and leave files. A name in a flow may come
 * from outside, so it must not be able to lead out of there: not by `..`, not by `/`, not by a symbolic link.
 */
export class FileDirectory {
  readonly #directory: string;

  constructor(directory: string) {
    this.#directory = directory;
  }

  /** Where a file is that must be there. */
  source(name: string): string {
    const path = realpathSync(this.#inside(name));
    this.#assertInside(path, name);
    return path;
  }

  /** Where a file is to be put; its directories are made. */
  target(name: string): string {
    const path = this.#inside(name);
    this.#makeDirectories(dirname(path), name);
    const directory = realpathSync(dirname(path));
    this.#assertInside(join(directory, basename(path)), name);
    return join(directory, basename(path));
  }

  #inside(name: string): string {
    const steps = name.split(/[/\\]/);
    if (name === "" || isAbsolute(name) || steps.includes("..") || name.includes("\0")) {
      throw new FileFault(
        `'${name}' is no name of a file below the job manager's directory for files (${this.#directory}): it must be relative, without '..'`,
      );
    }
    return join(this.#directory, name);
  }

  /** Step by step, so that none is made behind a link that leads out. */
  #makeDirectories(directory: string, name: string): void {
    mkdirSync(this.#directory, { recursive: true, mode: 0o700 });
    let made = this.#directory;
    for (const step of directory.slice(made.length).split(sep).filter(Boolean)) {
      made = join(made, step);
      mkdirSync(made, { recursive: true });
      this.#assertInside(realpathSync(made), name);
    }
  }

  #assertInside(path: string, name: string): void {
    if (`${path}${sep}`.startsWith(`${realpathSync(this.#directory)}${sep}`)) return;
    throw new FileFault(
      `'${name}' leads out of the job manager's directory for files (${this.#directory}) by a symbolic link`,
    );
  }
}

/** What is wrong with a file, said so that it can be told as it stands. */
export class FileFault extends Error {
  override name = "FileFault";
}
