import {
  executionDetailSchema,
  incidentDetailSchema,
  ledgerListSchema,
  type ProjectCreated,
  workflowListSchema,
  workflowSavedSchema,
} from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
});
afterAll(() => culprit.stop());

/** A project, and its calls of the API. */
async function newProject(name: string) {
  const project = JSON.parse((await culprit.culprit("project", "create", name, "--json")).stdout) as ProjectCreated;
  const ask = async (method: string, path: string, body?: unknown): Promise<unknown> => {
    const reply = await fetch(`${culprit.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${path === "/api/ingest" ? project.ingest_key : project.api_key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
    return reply.status === 204 ? null : reply.json();
  };
  const fail = async (message: string) =>
    ((await ask("POST", "/api/ingest", { error: { message, type: "TypeError" } })) as { incident_id: string })
      .incident_id;
  const incident = async (id: string) => incidentDetailSchema.parse(await ask("GET", `/api/incidents/${id}`));
  return { ask, fail, incident };
}

test("a failure is answered by the stored workflow incident-response, step by step, and the ledger says why it ran", async () => {
  const { ask, fail, incident } = await newProject("response");
  const id = await fail("no rate for XBT");
  const answered = await eventually(
    () => incident(id),
    ({ execution }) => execution?.status === "completed",
  );
  expect(answered.execution).toMatchObject({ workflow: "incident-response", status: "completed" });
  expect(answered.execution?.steps.map(({ path, status }) => [path, status])).toEqual([
    ["investigate", "completed"],
    ["autopsy", "completed"],
    ["prove", "skipped"],
    ["conclude", "completed"],
    ["pull_request", "skipped"],
    ["tell", "completed"],
  ]);
  const execution = executionDetailSchema.parse(await ask("GET", `/api/executions/${answered.execution?.id}`));
  expect(execution.steps.find(({ path }) => path === "prove")?.reason).toContain(
    "steps.investigate.outputs.culprit_commit",
  );
  const ledger = ledgerListSchema.parse(await ask("GET", "/api/ledger"));
  expect(ledger.items).toContainEqual(expect.objectContaining({ outcome: "ran", workflow_name: "incident-response" }));
});

test("an edit of the built-in is the project's own copy, which answers from then on; a reset brings the built-in back", async () => {
  const { ask, fail, incident } = await newProject("copy");
  const { items } = workflowListSchema.parse(await ask("GET", "/api/workflows"));
  const builtin = items.find(({ name }) => name === "incident-response");
  expect(builtin).toMatchObject({ is_protected: true });
  const detail = (await ask("GET", `/api/workflows/${builtin?.id}`)) as { definition: { steps: { id: string }[] } };
  const kept = detail.definition.steps.filter(({ id }) => id !== "prove" && id !== "pull_request");
  const definition = { ...detail.definition, steps: kept };
  const saved = workflowSavedSchema.parse(await ask("PUT", `/api/workflows/${builtin?.id}`, { definition }));
  expect(saved.workflow.id).not.toBe(builtin?.id);
  const id = await fail("no rate for ETH");
  const answered = await eventually(
    () => incident(id),
    ({ execution }) => execution?.status === "completed",
  );
  expect(answered.execution?.steps.map(({ path }) => path)).toEqual(["investigate", "autopsy", "conclude", "tell"]);
  await ask("POST", `/api/workflows/${saved.workflow.id}/reset`);
  const after = workflowListSchema.parse(await ask("GET", "/api/workflows"));
  expect(after.items.filter(({ name }) => name === "incident-response")).toMatchObject([{ id: builtin?.id }]);
});

test("approving an incident anew runs the workflow again, as the next revision", async () => {
  const { ask, fail, incident } = await newProject("again");
  const id = await fail("no rate for LTC");
  await eventually(
    () => incident(id),
    ({ execution }) => execution?.status === "completed",
  );
  await ask("POST", `/api/incidents/${id}/investigate`);
  const again = await eventually(
    () => incident(id),
    ({ execution, report }) => execution?.status === "completed" && report?.revision === 2,
  );
  expect(again.status).toBe("diagnosed");
});

test("while the response is switched off nobody is told that somebody looks; switched on, it can be asked for", async () => {
  const { ask, fail, incident } = await newProject("off");
  const { items } = workflowListSchema.parse(await ask("GET", "/api/workflows"));
  const builtin = items.find(({ name }) => name === "incident-response");
  const off = workflowSavedSchema.parse(await ask("PATCH", `/api/workflows/${builtin?.id}`, { status: "inactive" }));
  const id = await fail("no rate for DOGE");
  await eventually(
    () => incident(id),
    ({ status }) => status === "triaged",
  );
  expect(await incident(id)).toMatchObject({ response: { is_on: false }, execution: null });
  await ask("POST", `/api/workflows/${off.workflow.id}/reset`);
  await eventually(
    async () => ledgerListSchema.parse(await ask("GET", "/api/ledger")).items,
    (rows) => rows.some(({ outcome }) => outcome === "did_not_run"),
  );
  await ask("POST", `/api/incidents/${id}/investigate`);
  const answered = await eventually(
    () => incident(id),
    ({ execution }) => execution?.status === "completed",
  );
  expect(answered).toMatchObject({ status: "diagnosed", response: { is_on: true } });
});

test("upkeep is run by hand beside the server, in the house project; a project's key may not", async () => {
  const { ask } = await newProject("upkeep");
  const ran = await culprit.culprit("workflow", "run", "refresh-views", "--project", "upkeep");
  expect(ran).toMatchObject({ code: 0, stdout: expect.stringMatching(/^exec_/) });
  const log = await eventually(
    () => culprit.culprit("workflow", "logs", ran.stdout.trim()),
    ({ stdout }) => stdout.includes("completed"),
  );
  expect(log.stdout).toContain("refresh-views");
  const { items } = workflowListSchema.parse(await ask("GET", "/api/workflows"));
  const backup = items.find(({ name }) => name === "backup");
  await expect(ask("POST", `/api/workflows/${backup?.id}/run`)).rejects.toThrow(/403.*whole installation/);
});
