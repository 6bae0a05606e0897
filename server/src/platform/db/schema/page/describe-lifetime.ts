import { options } from "../../../config/options.ts";
import { partitionedTables } from "../../ensure-partitions.ts";
import { AGED_TABLES } from "../../retention/retention-policy.ts";
import { code } from "./markdown.ts";
import type { Relation } from "./read-catalogue.ts";

const defaults = {
  incidentDays: options.retentionIncidentDays.default,
  executionLogDays: options.retentionExecutionLogDays.default,
  telemetryDays: options.retentionTelemetryDays.default,
  rollup5mDays: options.retentionRollup5mDays.default,
  rollup1hDays: options.retentionRollup1hDays.default,
  eventIdDays: options.retentionEventIdDays.default,
};

/** Tables that a process cleans by itself, every ten minutes. */
const CLEANED: Readonly<Record<string, string>> = {
  incident_traces: "An hour after receipt.",
  login_links: "A day after it ran out.",
  sessions: "When it has run out.",
};

/** How long the rows of a table stay, and by which partitions it is cut. */
export function describeLifetime(table: Relation): string {
  const sentences = [partitions(table), keptFor(table), goesWith(table)].filter((sentence) => sentence !== null);
  return sentences.length === 0 ? "Kept." : sentences.join(" ");
}

function partitions({ name, partitionKey }: Relation): string | null {
  if (partitionKey === null) return null;
  return `Partitioned by ${code(partitionKey)}, one for each ${partitionedTables[name] ?? "span"} in UTC, made ahead.`;
}

function keptFor({ name }: Relation): string | null {
  if (name === "incidents")
    return `Archived and deleted ${defaults.incidentDays} days after it was opened, last seen and resolved (\`retentionIncidentDays\`).`;
  if (name === "incident_occurrences")
    return `Archived and dropped after ${defaults.incidentDays} days (\`retentionIncidentDays\`).`;
  const cleaned = CLEANED[name];
  if (cleaned !== undefined) return `Deleted: ${cleaned.charAt(0).toLowerCase()}${cleaned.slice(1)}`;
  const aged = AGED_TABLES.find(({ table }) => table === name);
  if (aged === undefined) return null;
  const which = aged.only === undefined ? "" : ` Those where ${code(aged.only)}.`;
  return `Deleted after ${aged.days(defaults)} days by ${code(aged.column)}.${which}`;
}

function goesWith({ foreignKeys }: Relation): string | null {
  const parents = [
    ...new Set(foreignKeys.filter(({ onDelete }) => onDelete === "CASCADE").map(({ target }) => target)),
  ];
  // Everything goes with its project in the end; the nearer reason tells more.
  const near = parents.filter((parent) => parent !== "projects");
  const named = near.length > 0 ? near : parents;
  return named.length === 0 ? null : `Goes with its row of ${named.map(code).join(" or ")}.`;
}
