import { type FeedbackEvent, feedbackEventSchema, feedbackListSchema, type ProjectCreated } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
});
afterAll(() => culprit.stop());

async function newProject(name: string): Promise<ProjectCreated> {
  return JSON.parse((await culprit.culprit("project", "create", name, "--json")).stdout) as ProjectCreated;
}

function send(path: string, key: string, body?: object): Promise<Response> {
  const method = body === undefined ? "GET" : "POST";
  const headers = {
    authorization: `Bearer ${key}`,
    ...(body === undefined ? {} : { "content-type": "application/json" }),
  };
  return fetch(`${culprit.url}${path}`, {
    method,
    headers,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
}

/** A project with an incident, and the path of its log. */
async function failedProject(name: string) {
  const project = await newProject(name);
  const reply = await send("/api/ingest", project.ingest_key, {
    error: { message: "no rate for XBT", severity: "info" },
  });
  const { incident_id } = (await reply.json()) as { incident_id: string };
  return { project, path: `/api/incidents/${incident_id}/feedback` };
}

const note = { event_type: "human_note_added", payload: { note_markdown: "rolled back" } };

test("what a program says by its key is answered with the entry and stands in the log", async () => {
  const { project, path } = await failedProject("feedback by key");
  const reply = await send(path, project.api_key, note);
  expect(reply.status).toBe(201);
  const entry: FeedbackEvent = feedbackEventSchema.parse(await reply.json());
  expect(entry).toMatchObject({ ...note, actor_type: "integration", actor: `API key of ${project.project_id}` });
  const { events } = feedbackListSchema.parse(await (await send(path, project.api_key)).json());
  expect(events).toContainEqual(entry);
});

test("a person says it under their own name, from the page's own session", async () => {
  const { project, path } = await failedProject("feedback by person");
  const link = JSON.parse((await culprit.culprit("login-link", "--json")).stdout) as { url: string };
  const signedIn = await fetch(link.url, { redirect: "manual" });
  const cookie = signedIn.headers
    .getSetCookie()
    .map((one) => one.split(";")[0])
    .join("; ");
  const headers = { cookie, "content-type": "application/json" };
  const reply = await fetch(`${culprit.url}${path}`, { method: "POST", headers, body: JSON.stringify(note) });
  expect(reply.status).toBe(201);
  expect(feedbackEventSchema.parse(await reply.json())).toMatchObject({
    actor_type: "user",
    actor_id: expect.stringMatching(/^usr_/),
  });
  const foreign = await fetch(`${culprit.url}${path}`, {
    method: "POST",
    headers: { ...headers, "sec-fetch-site": "cross-site" },
    body: JSON.stringify(note),
  });
  expect(foreign.status).toBe(403);
  const { events } = feedbackListSchema.parse(await (await send(path, project.api_key)).json());
  expect(events.filter(({ event_type }) => event_type === "human_note_added")).toHaveLength(1);
});

test("an incident that is resolved and reopened by its own route is logged under who did it, and decided about anew", async () => {
  const { project, path } = await failedProject("feedback by move");
  const log = async () => feedbackListSchema.parse(await (await send(path, project.api_key)).json()).events;
  const moves = async () => (await log()).map(({ actor_type, payload }) => [actor_type, payload.from, payload.to]);
  const byGate = ["system", "open", "suppressed"];
  await eventually(moves, (seen) => seen.length === 1);
  const headers = { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" };
  for (const status of ["resolved", "open"]) {
    const body = JSON.stringify({ status });
    const url = `${culprit.url}${path.replace(/\/feedback$/, "")}`;
    expect((await fetch(url, { method: "PATCH", headers, body })).status).toBe(200);
  }
  const all = [byGate, ["integration", "suppressed", "resolved"], ["integration", "resolved", "open"], byGate];
  expect(await eventually(moves, (seen) => seen.length === 4)).toEqual(all);
});

test("a wrong body, a hypothesis that is not there, an ingest key and another project's key are refused with their own words", async () => {
  const { project, path } = await failedProject("feedback refused");
  const other = await newProject("feedback elsewhere");
  const refusal = async (key: string, body: object) => {
    const reply = await send(path, key, body);
    const { error } = (await reply.json()) as { error: { message: string } };
    return `${reply.status} ${error.message}`;
  };
  expect(await refusal(project.api_key, { event_type: "human_note_added", payload: { note_markdown: " " } })).toMatch(
    /^400 payload.note_markdown/,
  );
  expect(await refusal(project.api_key, { event_type: "applause", payload: {} })).toMatch(/^400 event_type/);
  const unknown = { event_type: "hypothesis_confirmed", payload: { hypothesis_id: "hyp_01kajjf1y3e2ctpj3bbjnvrx9s" } };
  expect(await refusal(project.api_key, unknown)).toMatch(
    /^404 The incident has no hypothesis hyp_01kajjf1y3e2ctpj3bbjnvrx9s/,
  );
  expect(await refusal(project.ingest_key, note)).toMatch(/^403 /);
  expect(await refusal(other.api_key, note)).toMatch(/^404 There is no incident/);
  expect((await send(path, other.api_key)).status).toBe(404);
});
