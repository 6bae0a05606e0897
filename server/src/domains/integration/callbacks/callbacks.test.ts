import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openIntegrationServices, openWebhook } from "../../../../../test/integration/integration-services.ts";
import { openIncident } from "../../../../../test/scenario/open-incident.ts";
import { type ButtonVerb, carryOutCallback, describeCallback, type IntegrationServices } from "../index.ts";
import { signCallback } from "./callback-token.ts";

let services: IntegrationServices;
let close: () => Promise<void>;
beforeAll(async () => {
  ({ services, close } = await openIntegrationServices());
});
afterAll(() => close());

const ada = { type: "integration", id: "ada in slack" } as const;

async function open() {
  const incident = await openIncident(services.database);
  const hook = await openWebhook(services, { projectId: incident.projectId });
  const tokenOf = (verb: ButtonVerb, hypothesis: 0 | 1 | null = null, at = new Date()) =>
    signCallback(
      services.secretBox,
      {
        incidentId: incident.incidentId,
        verb,
        hypothesisId: hypothesis === null ? null : incident.hypotheses[hypothesis],
        integrationId: hook.integrationId,
      },
      at,
    );
  return { ...incident, ...hook, tokenOf };
}
const press = (token: string, projectId: string | null = null, actor: typeof ada | null = ada) =>
  carryOutCallback(services, { token, projectId, actor });

async function feedbackOf(incidentId: string) {
  const { rows } = await sql<{ event_type: string; actor_id: string; payload: Record<string, unknown> }>`
    SELECT event_type, actor_id, payload FROM feedback_events WHERE incident_id = ${incidentId} ORDER BY created_at`.execute(
    services.database.db,
  );
  return rows;
}
async function statusOf(incidentId: string) {
  const { rows } = await sql<{ status: string }>`SELECT status FROM incidents WHERE id = ${incidentId}`.execute(
    services.database.db,
  );
  return rows[0]?.status;
}

test("a button writes the feedback that the page writes, named after whoever pressed it, and asks before it does", async () => {
  const { incidentId, tokenOf, hypotheses, name } = await open();
  const suppress = tokenOf("suppress");
  expect(await describeCallback(services, suppress)).toMatchObject({ question: "Suppress this incident?" });
  expect(await statusOf(incidentId)).toBe("open");
  expect(await press(suppress)).toMatchObject({ outcome: "done" });
  expect(await statusOf(incidentId)).toBe("suppressed");
  expect(await press(tokenOf("confirm", 0), null, null)).toMatchObject({ outcome: "done" });
  expect(await feedbackOf(incidentId)).toMatchObject([
    { event_type: "incident_status_changed", actor_id: "ada in slack", payload: { from: "open", to: "suppressed" } },
    {
      event_type: "hypothesis_confirmed",
      actor_id: `somebody with the link from ${name}`,
      payload: { hypothesis_id: hypotheses[0] },
    },
  ]);
});

test("of many presses at once one does it, and the others are told that it was pressed", async () => {
  const { incidentId, tokenOf } = await open();
  const token = tokenOf("confirm", 1);
  const results = await Promise.all(Array.from({ length: 8 }, () => press(token)));
  expect(results.filter(({ outcome }) => outcome === "done")).toHaveLength(1);
  expect(results.filter(({ outcome }) => outcome === "used")).toHaveLength(7);
  expect(await feedbackOf(incidentId)).toHaveLength(1);
  expect(await describeCallback(services, token)).toMatchObject({
    outcome: "used",
    question: null,
    message: "This button was pressed before. By ada in slack.",
  });
});

test("a button that was pressed can't be pressed again with its signature written otherwise", async () => {
  const { incidentId, tokenOf } = await open();
  await press(tokenOf("suppress"));
  const token = tokenOf("approve");
  expect(await press(token)).toMatchObject({ outcome: "done" });
  // So that another approval would do something.
  await sql`UPDATE incidents SET status = 'suppressed' WHERE id = ${incidentId}`.execute(services.database.db);
  for (const spelling of [`${token}=`, `${token}~`, token.replace(".", ".!")])
    expect(await press(spelling), spelling).toMatchObject({ outcome: "invalid" });
  expect(await press(token)).toMatchObject({ outcome: "used" });
  expect(await statusOf(incidentId)).toBe("suppressed");
});

test("what was decided meanwhile is said plainly and not undone", async () => {
  const { incidentId, tokenOf } = await open();
  await press(tokenOf("reject", 0));
  const late = await press(tokenOf("confirm", 0, new Date(Date.now() - 60_000)));
  expect(late).toMatchObject({ outcome: "decided", message: expect.stringContaining("ruled out already") });
  await press(tokenOf("suppress"));
  const again = await press(tokenOf("suppress", null, new Date(Date.now() - 60_000)));
  expect(again).toMatchObject({ outcome: "decided", message: expect.stringContaining("suppressed by now") });
  expect(await feedbackOf(incidentId)).toHaveLength(2);
});

test("the page names the cause that it asks about", async () => {
  const { tokenOf } = await open();
  const asked = await Promise.all(
    [tokenOf("confirm", 0), tokenOf("reject", 1)].map((token) => describeCallback(services, token)),
  );
  expect(asked.map(({ question }) => question)).toEqual([
    "Confirm this cause? “Cause 1”",
    "Rule out this cause? “Cause 2”",
  ]);
});

test("an old button about a cause that is not known, or is no longer held, says so and stores nothing", async () => {
  const { incidentId, tokenOf, hypotheses } = await open();
  await sql`UPDATE incident_hypotheses SET hypothesis_type = 'unknown' WHERE hypothesis_id = ${hypotheses[0]}`.execute(
    services.database.db,
  );
  await sql`DELETE FROM incident_hypotheses WHERE hypothesis_id = ${hypotheses[1]}`.execute(services.database.db);
  expect(await press(tokenOf("confirm", 0))).toMatchObject({
    outcome: "no_cause",
    message: expect.stringContaining("no cause to confirm"),
  });
  expect(await describeCallback(services, tokenOf("reject", 0))).toMatchObject({ outcome: "no_cause", question: null });
  expect(await press(tokenOf("confirm", 1))).toMatchObject({
    outcome: "no_cause",
    message: expect.stringContaining("no longer"),
  });
  expect(await feedbackOf(incidentId)).toEqual([]);
});

test("an approval of a suppressed incident sets its investigation going", async () => {
  const { incidentId, tokenOf } = await open();
  await press(tokenOf("suppress"));
  expect(await press(tokenOf("approve"))).toMatchObject({ outcome: "done" });
  expect(await statusOf(incidentId)).toBe("triaged");
});

test("a token that is over, forged or of another project does nothing", async () => {
  const { incidentId, tokenOf } = await open();
  const stranger = await open();
  const old = tokenOf("suppress", null, new Date(Date.now() - 8 * 24 * 3600 * 1000));
  expect(await press(old)).toMatchObject({ outcome: "expired", message: expect.stringContaining("seven days") });
  expect(await press("nonsense")).toMatchObject({ outcome: "invalid" });
  expect(await press(`${tokenOf("suppress").slice(0, -2)}xx`)).toMatchObject({ outcome: "invalid" });
  expect(await press(tokenOf("suppress"), stranger.projectId)).toMatchObject({ outcome: "decided" });
  expect(await statusOf(incidentId)).toBe("open");
  expect(await feedbackOf(incidentId)).toEqual([]);
});
