import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import {
  changeListSchema,
  configChangeInputSchema,
  configChangeKinds,
  configChangeSources,
  deploymentInputSchema,
  deployTypes,
  type ProjectCreated,
} from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";

/** docs/changes.md: its examples as they are printed, by a shell against the real Culprit, and its tables against what is accepted. */

const page = readFileSync(new URL("../docs/changes.md", import.meta.url), "utf8");

let culprit: RunningCulprit;
let project: ProjectCreated;
beforeAll(async () => {
  culprit = await startCulprit();
  project = JSON.parse((await culprit.culprit("project", "create", "documented", "--json")).stdout) as ProjectCreated;
});
afterAll(() => culprit.stop());

async function run(name: string): Promise<Record<string, unknown>> {
  const text = page.split(`<!-- example: ${name} -->`)[1]?.match(/^```sh\n([\s\S]*?)^```/m)?.[1];
  if (text === undefined) throw new Error(`docs/changes.md has no example ${name}`);
  const child = spawn("sh", ["-euc", text], { env: { ...process.env, URL: culprit.url, KEY: project.api_key } });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const [code] = (await once(child, "close")) as [number];
  expect([code, stderr]).toEqual([0, ""]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

async function call(path: string, body?: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const reply = await fetch(`${culprit.url}${path}`, {
    method: body === undefined ? "GET" : "POST",
    headers: { authorization: `Bearer ${project.api_key}`, "content-type": "application/json" },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: reply.status, body: await reply.json() };
}

test("the examples work as printed, twice as once, and are listed", async () => {
  const deployed = await run("deployment.sh");
  expect(deployed).toMatchObject({ deployment_id: expect.stringMatching(/^dep_/) });
  expect(await run("deployment.sh")).toEqual(deployed);
  const changed = await run("change.sh");
  expect(changed).toEqual({ change_id: expect.stringMatching(/^cfg_/) });
  expect(await run("change.sh")).toEqual(changed);
  const { items } = changeListSchema.parse((await call("/api/changes")).body);
  expect(items.map(({ kind, service, actor }) => [kind, service, actor]).sort()).toEqual([
    ["deployment", "stock", null],
    ["flag", "cart", "ada"],
  ]);
});

test.each([
  ["Deployments", Object.keys(deploymentInputSchema.shape), deployTypes],
  ["Other changes", Object.keys(configChangeInputSchema.shape), [...configChangeSources, ...configChangeKinds]],
])(
  "the table of %s names every field that is accepted, no other, and every word of its lists",
  (title, fields, words) => {
    const section = page.split(`\n## ${title}`)[1]?.split("\n## ")[0] ?? "";
    const told = [...section.matchAll(/^\| `(\w+)` \|/gm)].map(([, name]) => name);
    expect(told.sort()).toEqual([...fields].sort());
    for (const word of words) expect(section).toContain(`\`${word}\``);
  },
);

test("a time that has not come is refused at both doors, with the field; one long ago is taken", async () => {
  const change = { resource_name: "limits", changes: [{ field: "pool", old_value: 20, new_value: 2 }] };
  for (const [path, body, field] of [
    ["/api/deployments", { service: "web", release: "1" }, "started_at"],
    ["/api/changes", change, "detected_at"],
  ] as const) {
    const refused = await call(path, { ...body, [field]: "2099-01-01T00:00:00Z" });
    expect(refused).toMatchObject({
      status: 400,
      body: {
        error: { code: "INVALID_REQUEST", message: expect.stringContaining(`${field} is 2099-01-01T00:00:00Z`) },
      },
    });
    expect((await call(path, { ...body, [field]: "2020-01-01T00:00:00Z" })).status).toBe(201);
  }
});
