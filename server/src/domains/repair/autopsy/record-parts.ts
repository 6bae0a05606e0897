import { type Kysely, sql } from "kysely";
import { scrubText } from "../../../analysis/scrub/index.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { toPublicId } from "../../../platform/ids/ids.ts";
import type { RetrievalHit } from "../../investigation/index.ts";
import type { RepairCase } from "../load-repair-case.ts";
import type { AutopsyDeps } from "./autopsy-deps.ts";
import type { FoundPart, NotRead } from "./found-part.ts";

const MESSAGE_CHARS = 4000;
const FRAMES_SHOWN = 20;
const SNAPSHOT_CHARS = 4000;
const EVIDENCE_MAX = 12;
const SIMILAR_MAX = 3;
/** Nearer than what any two texts of a project have in common, as investigations have it. */
const SIMILARITY_MIN = 0.3;

/** The failure itself with its stack, as it was recorded. */
export function failurePart(repairCase: RepairCase): FoundPart {
  const stack = repairCase.frames
    .slice(0, FRAMES_SHOWN)
    .map(
      ({ file, line, column, function: name, isInApp }) =>
        `  at ${name ?? "?"} (${file ?? "?"}${line === null ? "" : `:${line}`}${column === null ? "" : `:${column}`})${isInApp ? "" : " [library]"}`,
    );
  const text = [`${repairCase.errorType ?? "Error"}: ${repairCase.errorMessage.slice(0, MESSAGE_CHARS)}`, ...stack];
  return {
    kind: "failure",
    title: `The failure: ${repairCase.title.slice(0, 200)}`,
    text: scrubText(text.join("\n"), {}),
    path: null,
    evidence: { kind: "snapshot", source: "postgres", ref: `incident:${toPublicId("inc", repairCase.incidentId)}` },
  };
}

interface EvidenceRow {
  readonly evidence_id: string;
  readonly kind: string;
  readonly ref: string;
  readonly metadata: { readonly title?: unknown; readonly snapshot?: unknown };
}

/** The newest answer of the investigation, what it rests on, and the newest payload. */
export async function recordParts(db: Kysely<DB>, repairCase: RepairCase): Promise<readonly FoundPart[]> {
  const { incidentId } = repairCase;
  const [verdict, evidence, payload] = await Promise.all([
    verdictPart(db, repairCase),
    sql<EvidenceRow>`
      SELECT e.evidence_id, e.kind, e.ref, e.metadata FROM (
        SELECT evidence_ids FROM incident_reports WHERE incident_id = ${incidentId} ORDER BY revision DESC LIMIT 1) r
      JOIN evidence_artifacts e ON e.evidence_id = ANY(r.evidence_ids) AND e.incident_id = ${incidentId}
      ORDER BY array_position(r.evidence_ids, e.evidence_id)`.execute(db),
    sql<{ payload: unknown }>`SELECT payload FROM incident_last_payloads WHERE incident_id = ${incidentId}`.execute(db),
  ]);
  const read = evidence.rows
    // The blamed change is read from the repository itself.
    .filter(
      ({ kind, ref }) =>
        !(kind === "git_diff" && repairCase.culpritCommit !== null && ref.includes(repairCase.culpritCommit)),
    )
    .slice(0, EVIDENCE_MAX);
  const [last] = payload.rows;
  return [
    ...verdict,
    ...read.map(evidencePart),
    ...(last === undefined || last.payload === null ? [] : [payloadPart(repairCase, last.payload)]),
  ];
}

async function verdictPart(db: Kysely<DB>, repairCase: RepairCase): Promise<FoundPart[]> {
  const { rows } = await sql<{ revision: number; title: string; confidence: string; for: { text?: unknown }[] | null }>`
    SELECT revision, title, confidence, details -> 'for' AS for FROM incident_hypotheses
    WHERE incident_id = ${repairCase.incidentId} AND revision = (SELECT max(revision) FROM incident_hypotheses WHERE incident_id = ${repairCase.incidentId})
    ORDER BY rank LIMIT 3`.execute(db);
  if (repairCase.verdictSummary === null && rows.length === 0) return [];
  const lines = rows.flatMap(({ title, confidence, for: reasons }) => [
    `- ${title} (${Number(confidence).toFixed(2)})`,
    ...(Array.isArray(reasons) ? reasons : []).slice(0, 4).map(({ text }) => `    ${String(text)}`),
  ]);
  return [
    {
      kind: "verdict",
      title: `What the investigation says: ${repairCase.verdict ?? "no verdict"}`,
      text: scrubText([repairCase.verdictSummary ?? "", ...lines].join("\n").trim(), {}),
      path: null,
      evidence: {
        ...{ kind: "snapshot" as const, source: "postgres" },
        ref: `report:${toPublicId("inc", repairCase.incidentId)}#${rows[0]?.revision ?? 0}`,
      },
    },
  ];
}

function evidencePart({ evidence_id: id, ref, metadata: { title, snapshot } }: EvidenceRow): FoundPart {
  const text = typeof snapshot === "string" ? snapshot : JSON.stringify(snapshot ?? "");
  return {
    kind: "evidence",
    title: typeof title === "string" ? title : ref,
    text: scrubText(text.slice(0, SNAPSHOT_CHARS), {}),
    path: null,
    evidence: { id },
  };
}

function payloadPart({ incidentId }: RepairCase, payload: unknown): FoundPart {
  return {
    kind: "evidence",
    title: "What was recorded with the newest occurrence",
    text: scrubText(JSON.stringify(payload, null, 1).slice(0, SNAPSHOT_CHARS), {}),
    path: null,
    evidence: { kind: "snapshot", source: "postgres", ref: `payload:${toPublicId("inc", incidentId)}` },
  };
}

/** Resolved incidents that were alike, and runbooks; a search that can't answer now is told as not read. */
export async function recalledParts(
  { retrieval }: Pick<AutopsyDeps, "retrieval">,
  repairCase: RepairCase,
): Promise<{ readonly parts: readonly FoundPart[]; readonly notRead: readonly NotRead[] }> {
  const text = `${repairCase.title}\n${repairCase.errorMessage}`.slice(0, 2000);
  const own = toPublicId("inc", repairCase.incidentId);
  const parts: FoundPart[] = [];
  const notRead: NotRead[] = [];
  for (const collection of ["incident_summaries", "runbooks"] as const) {
    const kind = collection === "runbooks" ? "runbook" : "similar_incident";
    try {
      const { hits } = await retrieval.search({ projectId: repairCase.projectId, collection, text, limit: 10 });
      const near = hits.filter(
        ({ point, similarity }) => similarity >= SIMILARITY_MIN && point.payload.incident_id !== own,
      );
      const useful = near.filter(({ point }) => collection === "runbooks" || point.payload.resolved_at !== null);
      parts.push(...useful.slice(0, SIMILAR_MAX).map((hit) => hitPart(kind, hit)));
    } catch (error) {
      const reason = `The search does not answer: ${error instanceof Error ? error.message.slice(0, 200) : "unknown"}`;
      notRead.push({ kind, title: collection, reason });
    }
  }
  return { parts, notRead };
}

function hitPart(kind: "runbook" | "similar_incident", { point, similarity, source, ref }: RetrievalHit): FoundPart {
  const [first = ""] = point.content.split("\n", 1);
  const title = typeof point.payload.title === "string" && point.payload.title !== "" ? point.payload.title : first;
  return {
    kind,
    title: `${title.slice(0, 150)} (similarity ${similarity.toFixed(2)})`,
    text: scrubText(point.content.slice(0, SNAPSHOT_CHARS), {}),
    path: null,
    evidence: { kind: "retrieval", source, ref },
  };
}
