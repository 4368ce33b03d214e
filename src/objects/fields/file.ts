import {
  isAccepted,
  isFileName,
  isFileValue,
  isHash,
  toMediaType,
  unknownType,
  type FileValue,
} from "../attachments/file-value.ts";
import type { FieldKind, FieldOptions, OptionCheck, ParseContext } from "../field-kind.ts";
import { describeInput, ValueFault, type FieldInput } from "../field-value.ts";
import { isJsonObject } from "../json.ts";
import { isCount } from "../option-checks.ts";

const isTypeList: OptionCheck = (value) =>
  Array.isArray(value) &&
  value.length > 0 &&
  value.every((each) => typeof each === "string" && /^[\w!#$&^.+*-]+\/[\w!#$&^.+*-]+$/.test(each))
    ? undefined
    : "a list of media types such as image/png or image/*";

/**
 * A file: its name, media type, size and hash; its content is an attachment. It is given as what was uploaded
 * before, `{attachment: HASH, name, type?}`, or as what another field shows.
 */
export const file: FieldKind = {
  name: "file",
  widget: "file",
  // `max` is in bytes; `types` are the media types that are accepted.
  options: { max: isCount, types: isTypeList },
  takesDefault: false,
  async parse(input, options, context) {
    const given = asGiven(input);
    const previous = isFileValue(context.previous) ? context.previous : undefined;
    const size = await sizeOf(given.hash, previous, context);
    const type = given.type ?? (previous?.hash === given.hash ? previous.type : unknownType);
    assertTaken({ size, type }, options);
    return { name: given.name, type, size, hash: given.hash };
  },
  attachments: (stored) => (isFileValue(stored) ? [stored.hash] : []),
};

/** Throws a ValueFault unless a field with these options takes a file of that size and type. */
export function assertTaken(
  { size, type }: { size?: number | undefined; type: string },
  options: FieldOptions,
): void {
  const { max, types } = options;
  if (size !== undefined && typeof max === "number" && size > max) {
    throw new ValueFault(`a file of at most ${max} bytes`, "", `one of ${size} bytes`);
  }
  if (!Array.isArray(types)) return;
  const accepted = types.filter((each) => typeof each === "string");
  if (!isAccepted(type, accepted)) {
    throw new ValueFault(`a file of the type ${accepted.join(" or ")}`, "", `one of ${type}`);
  }
}

function asGiven(input: FieldInput): { hash: string; name: string; type: string | undefined } {
  if (!isJsonObject(input)) {
    throw new ValueFault("an uploaded file: {attachment: HASH, name: FILENAME}");
  }
  const hash = input["attachment"] ?? input["hash"];
  if (!isHash(hash)) {
    throw new ValueFault("the hash that the upload gave", ".attachment", describeInput(hash));
  }
  const name = input["name"];
  if (!isFileName(name)) {
    const expected = "a file name of 1 to 255 characters, without slashes and control characters";
    throw new ValueFault(expected, ".name", describeInput(name));
  }
  if (input["type"] === undefined || input["type"] === null) return { hash, name, type: undefined };
  const type = toMediaType(input["type"]);
  if (type === undefined) {
    throw new ValueFault("a media type such as image/png", ".type", describeInput(input["type"]));
  }
  return { hash, name, type };
}

/** Who knows no more than a hash gets nothing: he has uploaded it himself, or may read an object that holds it. */
async function sizeOf(
  hash: string,
  previous: FileValue | undefined,
  context: ParseContext,
): Promise<number> {
  if (previous?.hash === hash) return previous.size;
  const size = await context.attachmentSize(hash);
  if (size !== undefined) return size;
  throw new ValueFault(
    "a file that you uploaded within the last 24 hours, or that an object holds which you may read",
    ".attachment",
    hash,
  );
}
