import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { incidentDetailSchema, incidentListSchema, type ProjectCreated } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "../culprit/start-culprit.ts";

const page = readFileSync(new URL("../../docs/detection.md", import.meta.url), "utf8");
const STEP_MS = 30_000;
/** The sentinel looks every 20 s, and each minute at a project that had nothing; the investigation takes a few more. */
const LOOKED_MS = 150_000;

let culprit: RunningCulprit;
let folder: string;
let project: ProjectCreated;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-detection-"));
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
  project = JSON.parse((await culprit.culprit("project", "create", "watched", "--json")).stdout) as ProjectCreated;
});
afterAll(async () => {
  await culprit.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function ask(method: string, path: string, body?: unknown, key = project.api_key): Promise<unknown> {
  const reply = await fetch(`${culprit.url}${path}`, {
    method,
    headers: { authorization: `Bearer ${key}`, ...(body === undefined ? {} : { "content-type": "application/json" }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** The words of a line of the page, without its quotes. */
function wordsOf(line: string, incident: string): string[] {
  return [...line.matchAll(/'([^']*)'|(\S+)/g)]
    .map(([, quoted, plain]) => quoted ?? plain ?? "")
    .map((word) => word.replace("policy.json", join(folder, "policy.json")).replace("$INCIDENT", incident));
}

test("every command of docs/detection.md does what the page says, in its order", { timeout: 120_000 }, async () => {
  const policy = /```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "";
  writeFileSync(join(folder, "policy.json"), policy);
  await ask(
    "POST",
    "/api/ingest",
    { error: { message: "only told", type: "Note", severity: "info" }, context: { service: "notes" } },
    project.ingest_key,
  );
  const suppressed = await eventually(
    async () => incidentListSchema.parse(await ask("GET", "/api/incidents?status=suppressed")),
    ({ incidents }) => incidents.length === 1,
  );
  const [incident] = suppressed.incidents;
  expect(incident?.suppressed_reason).toContain("Its severity is low");
  const lines = [...page.matchAll(/^```sh\n([\s\S]*?)^```/gm)].flatMap(([, block = ""]) => block.trim().split("\n"));
  expect(lines.length).toBeGreaterThan(12);
  const said: Record<string, string> = {};
  for (const line of lines) {
    const [program, ...words] = wordsOf(line, incident?.id ?? "");
    const { code, stdout, stderr } = await culprit.culprit(...words);
    expect({ line, program, code, stderr: code === 0 ? "" : stderr }).toEqual({
      line,
      program: "culprit",
      code: 0,
      stderr: "",
    });
    said[line] = stdout;
  }
  expect(said["culprit detector list"]).toMatch(
    /^error-rate +error_rate_spike +\(all\) +on \(waiting: [^)]+\) +built in +ratio=0\.01 /m,
  );
  expect(said["culprit gate suppressed"]).toContain(`${incident?.id}  `);
  expect(said["culprit gate try policy.json --days 14"]).toContain("1 incidents of 14 days: 0 approved, 1 suppressed.");
  expect(said["culprit gate list"]).toMatch(/^1 +active +command line +fewer calls at night$/m);
  expect(said["culprit maintenance list"]).toContain("(now): moving the database");
  const { items } = (await ask("GET", "/api/gate-policies")) as { items: { version: number; status: string }[] };
  expect(items.map(({ version, status }) => [version, status])).toEqual([
    [1, "retired"],
    [0, "active"],
  ]);
});

test("series that come in by OTLP open an incident with its picture, which is approved with the deployment in its reason, and investigated", {
  timeout: 2 * LOOKED_MS,
}, async () => {
  const nowMs = Date.now();
  await ask("POST", "/api/deployments", {
    ...{ service: "mailer", environment: "production", release: "2.4.0" },
    started_at: new Date(nowMs - 8 * 60_000).toISOString(),
  });
  const points = Array.from({ length: 150 }, (_, index) => {
    const atMs = nowMs - (150 - index) * STEP_MS;
    return { timeUnixNano: `${atMs}000000`, asDouble: index < 138 ? 40 : 400 };
  });
  const attribute = (key: string, stringValue: string) => ({ key, value: { stringValue } });
  const resource = {
    attributes: [attribute("service.name", "mailer"), attribute("deployment.environment.name", "production")],
  };
  const metrics = [{ name: "queue.depth", unit: "{mail}", gauge: { dataPoints: points } }];
  await ask(
    "POST",
    "/v1/metrics",
    { resourceMetrics: [{ resource, scopeMetrics: [{ metrics }] }] },
    project.ingest_key,
  );
  const opened = await eventually(
    async () => incidentListSchema.parse(await ask("GET", "/api/incidents")),
    ({ incidents }) => incidents.some(({ title, verdict }) => title === "queue-grows: mailer" && verdict !== null),
    LOOKED_MS,
  );
  const { id } = opened.incidents.find(({ title }) => title === "queue-grows: mailer") ?? { id: "" };
  const incident = await eventually(
    async () => incidentDetailSchema.parse(await ask("GET", `/api/incidents/${id}`)),
    ({ execution }) => execution?.status === "completed",
  );
  expect(incident).toMatchObject({ status: "diagnosed", service: "mailer", environment: "production", detector: null });
  const approved = incident.decisions.find(({ decision }) => decision === "approved");
  expect(approved?.rationale).toMatch(
    /^queue\.now > 100\.0 .*: queue 400 \(usually 40\)\..*It has lasted [5-9] min\. Revision 2\.4\.0 came \d+ (s|min) before\./,
  );
  expect(incident.evidence.map(({ title }) => title)).toContain("Series of default/production/mailer when it fired");
  expect(incident.report?.summary).not.toBe("");
});
