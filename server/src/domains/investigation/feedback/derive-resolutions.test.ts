import { randomUUID } from "node:crypto";
import type { FeedbackInput, IncidentStatus } from "@culprit/contract";
import fc from "fast-check";
import { sql, type Transaction } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually } from "../../../../../test/culprit/start-culprit.ts";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { recordingQueue } from "../../../../../test/queue/recording-queue.ts";
import { type InvestigatedIncident, openIncident } from "../../../../../test/scenario/open-incident.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { recordFeedback } from "./record-feedback.ts";

let test_: TestDatabase;
beforeAll(async () => {
  test_ = await createTestDatabase();
});
afterAll(() => test_.drop());

const noQueue = recordingQueue();

/** What is said in a run; `move` goes from wherever the incident stands. */
type Saying =
  | { readonly say: "confirm" | "reject"; readonly hypothesis: 0 | 1; readonly text: string | undefined }
  | { readonly say: "cause"; readonly kind: "other" | "unknown" | 0 | 1; readonly text: string | undefined }
  | { readonly say: "move"; readonly to: "resolved" | "open" | "suppressed"; readonly text: string | undefined }
  | { readonly say: "note"; readonly text: string };

const text = fc.option(fc.constantFrom("a", "b", "c"), { nil: undefined });
const which = fc.constantFrom(0, 1);
const saying: fc.Arbitrary<Saying> = fc.oneof(
  fc.record({ say: fc.constantFrom("confirm", "reject"), hypothesis: which, text }),
  fc.record({
    say: fc.constant("cause"),
    kind: fc.constantFrom<"other" | "unknown" | 0 | 1>("other", "unknown", 0, 1),
    text,
  }),
  fc.record({ say: fc.constant("move"), to: fc.constantFrom("resolved", "open", "suppressed"), text }),
  fc.record({ say: fc.constant("note"), text: fc.constant("x") }),
);

/** What the columns should say, worked out apart from the database: `isResolved` stands for `resolved_at`. */
interface Resolution {
  status: IncidentStatus;
  reason: string | null;
  /** In the order in which they were named; a rejection takes the earlier ones of its hypothesis out. */
  causes: { kind: string; hypothesis: string | null; summary: string | null }[];
}

async function say(incident: InvestigatedIncident, event: FeedbackInput): Promise<boolean> {
  const scope = test_.database.asTenant({ userId: null, projectId: incident.projectId });
  const request = { incidentId: incident.incidentId, actor: { type: "system", id: null }, event } as const;
  return recordFeedback(scope, noQueue, request).then(
    () => true,
    (error: { code?: string }) => {
      if (error.code === "CONFLICT") return false;
      throw error;
    },
  );
}

async function apply(incident: InvestigatedIncident, model: Resolution, step: Saying): Promise<void> {
  const text = step.text === undefined ? {} : { text: step.text };
  const note = "text" in text ? { note: text.text } : {};
  switch (step.say) {
    case "note":
      await say(incident, { event_type: "human_note_added", payload: { note_markdown: step.text } });
      return;
    case "confirm":
    case "reject": {
      const hypothesis = incident.hypotheses[step.hypothesis];
      const type = step.say === "confirm" ? "hypothesis_confirmed" : "hypothesis_rejected";
      await say(incident, { event_type: type, payload: { hypothesis_id: hypothesis, ...note } });
      if (step.say === "confirm") model.causes.push({ kind: "hypothesis", hypothesis, summary: step.text ?? null });
      else model.causes = model.causes.filter((one) => one.hypothesis !== hypothesis);
      return;
    }
    case "cause": {
      const hypothesis = typeof step.kind === "number" ? incident.hypotheses[step.kind] : null;
      const kind = typeof step.kind === "number" ? ("hypothesis" as const) : step.kind;
      const payload = {
        root_cause_kind: kind,
        ...(hypothesis === null ? {} : { hypothesis_id: hypothesis }),
        ...(step.text === undefined ? {} : { summary: step.text }),
      };
      await say(incident, { event_type: "root_cause_set", payload });
      model.causes.push({ kind, hypothesis, summary: step.text ?? null });
      return;
    }
    case "move": {
      const from = model.status;
      const payload = { from, to: step.to, ...(step.text === undefined ? {} : { reason: step.text }) };
      if (!(await say(incident, { event_type: "incident_status_changed", payload }))) return;
      if (from === "resolved") model.causes = [];
      model.status = step.to;
      model.reason = step.text ?? `Moved from ${from} to ${step.to}.`;
    }
  }
}

const columns = sql`status, resolved_at IS NOT NULL AS "isResolved", resolution_kind, resolution_summary, resolved_hypothesis_id`;

test("the resolution is what the log says, and can be built anew from the log alone", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(saying, { minLength: 1, maxLength: 12 }), async (steps) => {
      const incident = await openIncident(test_.database);
      const model: Resolution = { status: "open", reason: null, causes: [] };
      for (const step of steps) await apply(incident, model, step);
      const { rows } = await sql`SELECT ${columns} FROM incidents WHERE id = ${incident.incidentId}`.execute(
        test_.database.db,
      );
      const isResolved = model.status === "resolved";
      const cause = model.causes.at(-1);
      expect(rows).toEqual([
        {
          status: model.status,
          isResolved,
          resolution_kind: cause?.kind ?? (isResolved ? "unknown" : null),
          resolution_summary: cause?.summary ?? (isResolved ? model.reason : null),
          resolved_hypothesis_id: cause?.hypothesis ?? null,
        },
      ]);
    }),
    { numRuns: 50 },
  );
  expect(await rebuilt()).toEqual({ before: await everyResolution(), after: await everyResolution() });
}, 120_000);

/** Empties the columns of every incident, and derives them all. */
async function rebuilt() {
  const before = await everyResolution();
  expect(before.filter((row) => row.resolved_at !== null).length).toBeGreaterThan(5);
  await test_.database.transaction(async (tx) => {
    await sql`UPDATE incidents SET resolved_at = NULL, resolution_kind = NULL, resolution_summary = NULL, resolved_hypothesis_id = NULL`.execute(
      tx,
    );
    await sql`SELECT derive_resolutions(array_agg(id)) FROM incidents`.execute(tx);
  });
  return { before, after: await everyResolution() };
}

async function everyResolution() {
  const { rows } = await sql<{ resolved_at: string | null }>`
    SELECT id, resolved_at::text, resolution_kind, resolution_summary, resolved_hypothesis_id FROM incidents ORDER BY id`.execute(
    test_.database.db,
  );
  return rows;
}

test("of opposite events at once the columns hold what the whole log says, and status and log agree", async () => {
  for (let round = 0; round < 8; round++) {
    const incident = await openIncident(test_.database);
    const named = { hypothesis_id: incident.hypotheses[0] };
    await Promise.all([
      say(incident, { event_type: "hypothesis_confirmed", payload: named }),
      say(incident, { event_type: "hypothesis_rejected", payload: named }),
      say(incident, {
        event_type: "incident_status_changed",
        payload: { from: "open", to: "resolved" },
      }),
      say(incident, {
        event_type: "incident_status_changed",
        payload: { from: "open", to: "suppressed" },
      }),
    ]);
    const { rows } = await sql<{
      status: string;
      isResolved: boolean;
      kind: string | null;
      last: string;
      moves: number;
      last_to: string;
    }>`
      SELECT i.status, i.resolved_at IS NOT NULL AS "isResolved", i.resolution_kind AS kind,
        (SELECT event_type FROM feedback_events WHERE incident_id = i.id AND event_type LIKE 'hypothesis%' ORDER BY created_at DESC LIMIT 1) AS last,
        (SELECT count(*) FROM feedback_events WHERE incident_id = i.id AND event_type = 'incident_status_changed') AS moves,
        (SELECT payload ->> 'to' FROM feedback_events WHERE incident_id = i.id AND event_type = 'incident_status_changed') AS last_to
      FROM incidents i WHERE i.id = ${incident.incidentId}`.execute(test_.database.db);
    const [row] = rows;
    expect(row).toMatchObject({ moves: 1, status: row?.last_to, isResolved: row?.last_to === "resolved" });
    const unknown = row?.isResolved === true ? "unknown" : null;
    expect(row?.kind).toBe(row?.last === "hypothesis_confirmed" ? "hypothesis" : unknown);
  }
});

test("of two writers that append at once the second sees what the first appended, whoever they are", async () => {
  const { incidentId, projectId } = await openIncident(test_.database);
  const append = (tx: Transaction<DB>, type: string, payload: object) =>
    sql`INSERT INTO feedback_events (feedback_event_id, project_id, incident_id, actor_type, event_type, payload)
      VALUES (${randomUUID()}, ${projectId}, ${incidentId}, 'system', ${type}, ${JSON.stringify(payload)}::jsonb)`.execute(
      tx,
    );
  let second: Promise<unknown> = Promise.resolve();
  await test_.database.transaction(async (tx) => {
    await append(tx, "root_cause_set", { root_cause_kind: "other", summary: "a full disk" });
    second = test_.database.transaction((other) =>
      append(other, "incident_status_changed", { from: "open", to: "resolved", reason: "x" }),
    );
    await eventually(waitingForLocks, (count) => count > 0);
  });
  await second;
  const { rows } = await sql`SELECT resolution_kind, resolution_summary, resolved_at IS NOT NULL AS "isResolved"
    FROM incidents WHERE id = ${incidentId}`.execute(test_.database.db);
  expect(rows).toEqual([{ resolution_kind: "other", resolution_summary: "a full disk", isResolved: true }]);
});

async function waitingForLocks(): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    SELECT count(*) AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`.execute(
    test_.database.owner,
  );
  return Number(rows[0]?.count);
}
