import type {
  ExplanationDocument,
  ObjectRightsDocument,
  OriginDocument,
  UserRightsDocument,
} from "#contract";
import { formatTable } from "./table.ts";

/** Who can do what on an object, with where it comes from. */
export function objectRightsLines(report: ObjectRightsDocument): string[] {
  const rows = report.users.map(({ user, isDisabled, rights, through }) => [
    user,
    isDisabled ? "disabled" : rights.join(",") || "-",
    through.map(originText).join("; ") || "-",
  ]);
  const everyone = report.grants
    .filter(({ subject }) => subject === "everyone")
    .map(({ rights, path }) => ["everyone", rights.join(","), `on ${path}`]);
  const more = report.isMore ? ["… and more users"] : [];
  return [formatTable(["WHO", "MAY", "THROUGH"], [...everyone, ...rows]), ...more];
}

/** What a user can do. */
export function userRightsLines(report: UserRightsDocument): string[] {
  const { user, isDisabled, isAdministrator, groups, grants, owned, ownedTotal } = report;
  const lines: string[] = [];
  if (isDisabled) lines.push(`${user} is disabled, and may do nothing`);
  if (isAdministrator) lines.push(`${user} is an administrator, and may do everything`);
  if (groups.length > 0) lines.push(`groups: ${groups.join(", ")}`);
  if (grants.length > 0) {
    const rows = grants.map(({ path, rights, subject }) => [path, rights.join(","), subject]);
    lines.push(formatTable(["PATH (AND BELOW)", "MAY", "AS"], rows));
  }
  if (ownedTotal > 0) {
    const rest = ownedTotal > owned.length ? `, and ${ownedTotal - owned.length} more` : "";
    lines.push(`owns: ${owned.join(", ")}${rest}`);
  }
  if (report.isMore) lines.push("… and more");
  return lines.length > 0 ? lines : [`${user} has no rights there`];
}

export function explanationLines({ reason, through }: ExplanationDocument): string[] {
  return [reason, ...through.map((origin) => `  ${originText(origin)}`)];
}

function originText(origin: OriginDocument): string {
  switch (origin.kind) {
    case "administrator":
      return "administrator";
    case "owner":
      return "owner";
    case "grant":
      return `${origin.subject}: ${origin.rights.join(",")} on ${origin.path}`;
  }
}
