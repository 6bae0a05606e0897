import { type Kysely, sql } from "kysely";
import type { ContextPart, FittedContext } from "../../../analysis/autopsy/context-part.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { RepairCase } from "../load-repair-case.ts";
import type { FoundPart } from "./found-part.ts";
import type { FrameSnapshot } from "./frame-snapshots.ts";

/** The parts with the pieces of evidence that they are cited by: one that stands there with the same text is used again. */
export async function identifyParts(
  db: Kysely<DB>,
  incidentId: string,
  found: readonly FoundPart[],
): Promise<ReadonlyMap<ContextPart, FoundPart>> {
  const refs = found.flatMap(({ evidence }) => ("ref" in evidence ? [evidence.ref] : []));
  const { rows } = await sql<{ evidence_id: string; ref: string; snapshot: string | null }>`
    SELECT evidence_id, ref, metadata->>'snapshot' AS snapshot FROM evidence_artifacts
    WHERE incident_id = ${incidentId} AND ref = ANY(${refs}::text[])`.execute(db);
  return new Map(
    found.map((part) => {
      const { evidence, kind, title, text, path } = part;
      const known =
        "id" in evidence
          ? evidence.id
          : rows.find((row) => row.ref === evidence.ref && row.snapshot === text)?.evidence_id;
      return [{ kind, title, text, path, evidenceId: known ?? newId() }, part];
    }),
  );
}

/** Keeps what an answer was given: the code of the frames on the incident, and the parts that no piece of evidence stands for yet. */
export async function storeContext(
  db: Kysely<DB>,
  { incidentId, projectId }: RepairCase,
  context: FittedContext,
  sources: ReadonlyMap<ContextPart, FoundPart>,
  snapshots: readonly FrameSnapshot[] | null,
): Promise<void> {
  const rows = context.parts.flatMap(({ part, isIncluded }) => {
    const evidence = sources.get(part)?.evidence;
    if (!isIncluded || evidence === undefined || "id" in evidence) return [];
    const metadata = { title: clean(part.title), snapshot: clean(part.text), autopsy: true };
    return [{ id: part.evidenceId, kind: evidence.kind, source: evidence.source, ref: clean(evidence.ref), metadata }];
  });
  await sql`
    INSERT INTO evidence_artifacts (evidence_id, project_id, incident_id, kind, source, ref, metadata)
    SELECT id, ${projectId}::uuid, ${incidentId}::uuid, kind, source, ref, metadata
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS r(id uuid, kind text, source text, ref text, metadata jsonb)
    ON CONFLICT (evidence_id) DO NOTHING`.execute(db);
  if (snapshots === null) return;
  const kept = snapshots.map((one) => ({ ...one, content: clean(one.content), path: clean(one.path) }));
  await sql`UPDATE incidents SET file_snapshots = ${JSON.stringify(kept)}::jsonb WHERE id = ${incidentId}`.execute(db);
}

function clean(text: string): string {
  return text.replaceAll("\u0000", "").toWellFormed();
}
