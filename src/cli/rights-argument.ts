import { rightNames } from "#contract";
import { TsunagiError } from "#kernel";

type Right = (typeof rightNames)[number];

/** `read,write` as rights. */
export function parseRights(text: string): Right[] {
  return text.split(",").map((part) => {
    const name = rightNames.find((each) => each === part.trim());
    if (name !== undefined) return name;
    throw new TsunagiError("USAGE", `'${part.slice(0, 100)}' is no right`, {
      hint: `The rights are ${rightNames.join(", ")}; several are separated by commas.`,
    });
  });
}

/** `user:alice`, `group:operators` or `everyone`. */
export function parseSubject(text: string): string {
  if (text === "everyone" || /^(user|group):./.test(text)) return text;
  throw new TsunagiError("USAGE", `'${text.slice(0, 100)}' is nobody to grant rights to`, {
    hint: "Name a user as user:alice, a group as group:operators, or everyone.",
  });
}
