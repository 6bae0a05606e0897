import { createHash, randomUUID } from "node:crypto";
import { sql } from "kysely";
import { createProject } from "../../server/src/domains/access/index.ts";
import { storeSignals, toStore } from "../../server/src/domains/incident/index.ts";
import type { Database } from "../../server/src/platform/db/open-database.ts";
import { plainSignal } from "./plain-signal.ts";

/** An incident that was investigated, for tests of what people say of it. */
export interface InvestigatedIncident {
  readonly projectId: string;
  readonly incidentId: string;
  /** The keys of its two hypotheses, best first. */
  readonly hypotheses: readonly [string, string];
}

/** Opens an incident in a project of its own and gives it two hypotheses. It is still `open`. */
export async function openIncident(database: Database): Promise<InvestigatedIncident> {
  const { id: projectId } = await createProject(database.db, { name: `p ${randomUUID()}` });
  const hash = createHash("sha256").update(randomUUID()).digest();
  const item = toStore({ projectId, signal: plainSignal(), fingerprint: { version: 1, hash }, receivedAt: new Date() });
  const { stored } = await database.transaction((tx) => storeSignals(tx, [item], { payloadsPerIncident: 2 }));
  const incidentId = stored[0]?.incidentId ?? "";
  const hypotheses = [randomUUID(), randomUUID()] as const;
  for (const [index, id] of hypotheses.entries()) {
    await sql`
      INSERT INTO incident_hypotheses (hypothesis_id, project_id, incident_id, rank, hypothesis_type, title, confidence, evidence_ids)
      VALUES (${id}, ${projectId}, ${incidentId}, ${index + 1}, 'release', ${`Cause ${index + 1}`}, 0.5, '{}')`.execute(
      database.db,
    );
  }
  return { projectId, incidentId, hypotheses };
}
