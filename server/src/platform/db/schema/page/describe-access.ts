import { code } from "./markdown.ts";
import type { Policy, Relation } from "./read-catalogue.ts";

/** Conditions of policies, by what is characteristic of them, in words. */
const CONDITIONS: readonly (readonly [RegExp, string])[] = [
  [/^\(project_id = ANY \(\( SELECT visible_projects\(\)[^)]*\)::uuid\[\]\)\)$/, "the rows of their projects"],
  [/^\(id = ANY \(\( SELECT visible_projects\(\)[^)]*\)::uuid\[\]\)\)$/, "their projects"],
  [/^\(\(owner_id = .*culprit_user_id\(\).*culprit_project_id\(\)/s, "those that they own, deleted ones too"],
  [
    /^\(\(id = .*culprit_user_id\(\).*SELECT projects\.owner_id.*project_members\.user_id/s,
    "themselves, and owners and members of their projects",
  ],
  [/^\(EXISTS .*FROM repository_commits r\s+WHERE .*commit_sha/s, "those in repositories of their projects"],
  [/^\(project_id IS NULL\)$/, "those that belong to no project"],
];

/** Whom row-level security lets see which rows of a table, in a sentence each. */
export function describeAccess(table: Relation): string {
  if (table.policies.length === 0) return "Owner and readers; it holds nothing of a tenant.";
  const readers = table.policies.some(({ name }) => name === "reader_policy")
    ? "readers see all rows"
    : "readers see none, it holds secrets";
  return `Engine: all rows; ${readers}; tenants: ${describeTenant(table)}.`;
}

function describeTenant({ policies, tenantMay }: Relation): string {
  const own = policies.filter(({ roles, using }) => roles.includes("culprit_tenant") && using !== null);
  if (own.length === 0 || tenantMay.length === 0) return "none, it is closed to them";
  const rows = (commands: readonly string[]) =>
    own.filter(({ command }) => commands.includes(command)).map((policy) => conditionInWords(policy));
  const writes = tenantMay.filter((right) => right !== "SELECT").map((right) => right.toLowerCase());
  const how = writes.length === 0 ? ", to read only" : `, which they may ${writes.join(", ")}`;
  const readOnly = rows(["SELECT"]).map((words) => `; to read only, ${words}`);
  return `${rows(["ALL"]).join(", and ")}${how}${readOnly.join("")}`;
}

function conditionInWords({ using }: Policy): string {
  const text = using ?? "";
  return CONDITIONS.find(([pattern]) => pattern.test(text))?.[1] ?? `rows where ${code(text)}`;
}
