import type { GateSource } from "@culprit/contract";
import { type Kysely, sql } from "kysely";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { nearestName } from "../../../platform/names/nearest-name.ts";
import { loadPolicies } from "../gate/load-policy.ts";

const NAMED_MAX = 8;

const wordsOf: Readonly<Record<GateSource, string>> = {
  telemetry: "Culprit's detectors and 5xx answers of spans",
  alert: "alerts",
  kubernetes: "what Kubernetes tells",
  errors: "exceptions of SDKs and spans, and log lines of severity ERROR",
};
const all = Object.keys(wordsOf) as GateSource[];

/** What whoever announces a maintenance should know: that no such service was heard of, and which signals open incidents all the same. */
export async function hintsOnMaintenance(
  db: Kysely<DB>,
  { projectId, service }: { readonly projectId: string; readonly service?: string | undefined },
): Promise<readonly string[]> {
  const unknown = service === undefined ? null : await hintOnService(db, projectId, service);
  const { active } = await loadPolicies(db, projectId);
  const { sources } = active.policy.maintenance;
  const open = all.filter((source) => !sources.includes(source));
  const words = (some: readonly GateSource[]) => some.map((source) => wordsOf[source]).join("; ");
  const hint =
    open.length === 0
      ? `It covers every signal (policy ${active.name}).`
      : `It covers: ${words(sources)}. Not covered, so they open incidents all the same: ${words(open)}. ` +
        `To cover these too, write a policy with {"maintenance":{"sources":${JSON.stringify(all)}}} (culprit gate write, culprit gate use).`;
  return unknown === null ? [hint] : [unknown, hint];
}

async function hintOnService(db: Kysely<DB>, projectId: string, service: string): Promise<string | null> {
  const { rows } = await sql<{ name: string }>`
    SELECT DISTINCT service_name AS name FROM services WHERE project_id = ${projectId} ORDER BY 1 LIMIT 2000`.execute(
    db,
  );
  const names = rows.map(({ name }) => name);
  if (names.includes(service)) return null;
  const nearest = nearestName(service, names);
  const known =
    nearest !== null
      ? `Did you mean ${nearest}?`
      : names.length === 0
        ? "None is known yet."
        : `Known are: ${names.slice(0, NAMED_MAX).join(", ")}${names.length > NAMED_MAX ? ", …" : ""}.`;
  return `No service ${service} was heard of in this project, so nothing falls under it until one is. ${known}`;
}
