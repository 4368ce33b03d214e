/**
 * Names of objects as names of files, on every file system, and back. What a file system does not take, or takes for another
 * name, stands as `%XX` of its UTF-8 bytes; so does a `%` that would be taken for such.
 */

/** Windows takes none of these in a name, a dot or blank not at its end, and some names not at all. */
const untaken = /[\\:*?"<>|]|[. ]+$|%(?=[\dA-Fa-f]{2})/gu;
const reserved = /^(?:con|prn|aux|nul|com\d|lpt\d)(?=$|\.)|^node_modules$/i;

/** The file name for an object, without what says its kind; unlike the others of its directory, also where case does not count. */
export function toFileName(
  name: string,
  isTaken: (folded: string) => boolean = () => false,
): string {
  // `x.test.yaml` is a rehearsal.
  const plain = name.replaceAll(untaken, escape).replace(/\.(?=test$)/, escape);
  const free = reserved.test(plain) ? escape(plain[0] ?? "") + plain.slice(1) : plain;
  return isTaken(foldName(free)) ? free.replaceAll(/(?<!%|%.)\p{Lu}/gu, escape) : free;
}

/** The name of the object for which a file is named so. */
export function fromFileName(file: string): string {
  return file.normalize("NFC").replaceAll(/(?:%[\dA-Fa-f]{2})+/g, (escaped) => {
    try {
      return decodeURIComponent(escaped).normalize("NFC");
    } catch {
      return escaped;
    }
  });
}

/** Names that fold to the same are one file where case does not count. */
export function foldName(name: string): string {
  return name.normalize("NFC").toLowerCase();
}

export function escape(text: string): string {
  return [...Buffer.from(text)]
    .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, "0")}`)
    .join("");
}
