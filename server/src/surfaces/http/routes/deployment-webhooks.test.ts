import { createHmac, randomBytes } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "../../../../../test/culprit/start-culprit.ts";

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
});
afterAll(() => culprit.stop());

const secret = "a-secret-of-the-webhook";
const hmac = (kind: "sha1" | "sha256", body: string) => createHmac(kind, secret).update(body).digest("hex");

async function newProject() {
  const name = `p${randomBytes(5).toString("hex")}`;
  const project = JSON.parse((await culprit.culprit("project", "create", name, "--json")).stdout);
  const api = async (method: string, path: string, body?: object) => {
    const headers = { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" };
    const reply = await fetch(`${culprit.url}${path}`, {
      method,
      headers,
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, body: (await reply.json()) as Record<string, unknown> };
  };
  const connect = (type: string) =>
    api("POST", "/api/integrations", { name: type, type, config: {}, credentials: { webhook_secret: secret } });
  const send = async (path: string, body: string, headers: Record<string, string>) => {
    const reply = await fetch(`${culprit.url}${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", ...headers },
      body,
    });
    return { status: reply.status, body: await reply.json() };
  };
  const incidents = async () =>
    (await api("GET", "/api/incidents")).body.incidents as {
      title: string;
      status: string;
      error_message: string;
      occurrence_count: number;
    }[];
  return { id: project.project_id ?? project.id, api, connect, send, incidents };
}
const vercelBody = (type: string, id: string) =>
  JSON.stringify({
    ...{ id, type, createdAt: Date.now() },
    payload: {
      target: "production",
      deployment: { id: `dpl_${id}`, name: "shop", url: "shop.vercel.app" },
      error: { code: "BUILD_FAILED", message: "tsc found 3 errors" },
    },
  });

test("a failed deployment of Vercel at the documented address opens one incident however often it is sent, and the next success resolves it", async () => {
  const { id, connect, send, incidents } = await newProject();
  expect((await connect("vercel")).status).toBe(201);
  const failed = vercelBody("deployment.error", "1");
  const sign = (body: string) => ({ "x-vercel-signature": hmac("sha1", body) });
  for (let time = 0; time < 3; time += 1)
    expect((await send(`/api/webhooks/vercel?project=${id}`, failed, sign(failed))).status).toBe(202);
  const [incident] = await eventually(incidents, (all) => all.length > 0);
  expect(incident).toMatchObject({ title: "Deployment failed: shop (production)", occurrence_count: 1 });
  const succeeded = vercelBody("deployment.succeeded", "2");
  const answer = await send(`/api/webhooks/deployment?project=${id}`, succeeded, {
    ...sign(succeeded),
    "x-deployment-source": "vercel",
  });
  expect(answer).toEqual({ status: 200, body: { message: "Deployment succeeded" } });
  const [after] = await eventually(incidents, ([one]) => one?.status === "resolved");
  expect(after?.status).toBe("resolved");
  expect(await incidents()).toHaveLength(1);
});

test("a failed run of GitHub Actions opens an incident; a wrong signature, no project and an unknown source are refused with the remedy", async () => {
  const { id, connect, send, incidents } = await newProject();
  expect((await connect("github")).status).toBe(201);
  const body = JSON.stringify({
    action: "completed",
    workflow_run: { id: 1, name: "Pages", conclusion: "failure", repository: { full_name: "acme/site" } },
  });
  const headers = { "x-github-event": "workflow_run", "x-github-delivery": "d-1" };
  const signed = { ...headers, "x-hub-signature-256": `sha256=${hmac("sha256", body)}` };
  expect(
    (await send(`/api/webhooks/github?project=${id}`, body, { ...headers, "x-hub-signature-256": "sha256=00" })).status,
  ).toBe(401);
  expect(await incidents()).toEqual([]);
  expect((await send(`/api/webhooks/github?project=${id}`, body, signed)).status).toBe(202);
  expect(await eventually(incidents, (all) => all.length > 0)).toMatchObject([
    { title: "Deployment failed: acme/site: Pages" },
  ]);
  const without = await send("/api/webhooks/github", body, signed);
  expect(without.status).toBe(400);
  expect(JSON.stringify(without.body)).toContain("?project=proj_");
  const unknown = await send(`/api/webhooks/deployment?project=${id}`, body, signed);
  expect(unknown.status).toBe(400);
  expect(JSON.stringify(unknown.body)).toContain("x-deployment-source");
  expect((await send(`/api/webhooks/vercel?project=${id}`, body, signed)).status).toBe(404);
});
