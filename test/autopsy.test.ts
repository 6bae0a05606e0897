import { autopsiesSchema, incidentDetailSchema, type ProjectCreated } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";
import { type FakeOpenAi, shownText, startFakeOpenAi } from "./fakes/openai/fake-openai.ts";

/** The real server with a model by its settings, from a failure to the answer on every surface. */

let culprit: RunningCulprit;
let fake: FakeOpenAi;
beforeAll(async () => {
  fake = await startFakeOpenAi(() => ({
    text: JSON.stringify({
      root_cause: [{ text: "No rate is kept for that currency.", evidence: ["E1"] }],
      patch: null,
    }),
    usage: { in: 3000, out: 100 },
  }));
  culprit = await startCulprit({
    env: {
      ...{
        CULPRIT_PROOF: "off",
        AUTOPSY_MODEL: "small",
        AUTOPSY_MODEL_URL: fake.url,
        AUTOPSY_MODEL_API_KEY: fake.apiKey,
      },
      ...{ AUTOPSY_PRICE_IN: "1", AUTOPSY_PRICE_OUT: "10", AUTOPSY_INCIDENT_CALLS: "1" },
    },
  });
});
afterAll(async () => {
  await culprit.stop();
  await fake.close();
});

async function newProject(name: string) {
  const project = JSON.parse((await culprit.culprit("project", "create", name, "--json")).stdout) as ProjectCreated;
  const ask = async (path: string, body?: unknown) => {
    const reply = await fetch(`${culprit.url}${path}`, {
      ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
      headers: {
        authorization: `Bearer ${path === "/api/ingest" ? project.ingest_key : project.api_key}`,
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
    });
    return { status: reply.status, body: (await reply.json()) as unknown };
  };
  const fail = async () => {
    const { body } = await ask("/api/ingest", {
      error: { message: `no rate for XBT, token=abcdefghijklmnop`, type: "RangeError" },
    });
    const { incident_id: id } = body as { incident_id: string };
    const read = async () => incidentDetailSchema.parse((await ask(`/api/incidents/${id}`)).body);
    await eventually(read, ({ execution }) => execution?.status === "completed");
    return id;
  };
  return { ask, fail };
}

test("a failure is explained by the model of the settings, and API and command line show the same answer with its cost", async () => {
  const { ask, fail } = await newProject("rates");
  const id = await fail();
  const { answers, totals, evidence } = autopsiesSchema.parse((await ask(`/api/incidents/${id}/autopsies`)).body);
  expect(answers).toMatchObject([
    {
      revision: 1,
      model_used: "small",
      model_outcome: "answered",
      root_cause: "No rate is kept for that currency.",
      run_id: null,
    },
  ]);
  expect(evidence.map((one) => one.id)).toContain(answers[0]?.claims[0]?.evidence_ids[0]);
  expect(totals).toMatchObject({ calls: 1, tokens: 3100, cost: 0.004 });
  expect(JSON.stringify(fake.requests)).not.toContain("abcdefghijklmnop");
  expect(shownText(fake.requests[0] ?? { model: "", messages: [] })).toContain("no rate for XBT");
  const text = (await culprit.culprit("autopsy", id)).stdout;
  for (const part of ["No rate is kept for that currency.", "In all 1 call, 3100 tokens", "cost 0.0040"])
    expect(text).toContain(part);
  const json = autopsiesSchema.parse(JSON.parse((await culprit.culprit("autopsy", id, "--json")).stdout));
  expect(json.answers).toEqual(answers);
  expect((await culprit.culprit("autopsy", id, "--prompt")).stdout.trim()).toBe(answers[0]?.ai_fix_prompt.trim());

  const other = await newProject("others");
  expect((await other.ask(`/api/incidents/${id}/autopsies`)).status).toBe(404);

  // The second answer meets the limit of calls; both are kept and told apart.
  await ask(`/api/incidents/${id}/investigate`, {});
  const again = await eventually(
    async () => autopsiesSchema.parse((await ask(`/api/incidents/${id}/autopsies`)).body),
    (read) => read.answers.length === 2,
  );
  expect(again.answers[0]).toMatchObject({ revision: 2, model_used: "rules", model_outcome: "over_budget" });
  expect(again.answers[0]?.changes).toContain("Answered by rules, before by small.");
  expect(fake.requests.length).toBe(1);
});

test("a project that forbids the model is answered by rules, and its failures stay here", async () => {
  const { ask, fail } = await newProject("private");
  await culprit.culprit("project", "set", "private", "forbidModel", "true");
  const asked = fake.requests.length;
  const id = await fail();
  const { answers } = autopsiesSchema.parse((await ask(`/api/incidents/${id}/autopsies`)).body);
  expect(answers).toMatchObject([{ model_used: "rules", model_outcome: "off" }]);
  expect(fake.requests.length).toBe(asked);
});
