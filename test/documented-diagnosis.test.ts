import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import {
  caseDiagnosisSchema,
  feedbackListSchema,
  incidentDetailSchema,
  learningSchema,
  type ProjectCreated,
} from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, startCulprit } from "./culprit/start-culprit.ts";

/** The examples of docs/diagnosis.md and docs/case-format.md, run as they are printed, by a shell against the real Culprit. */

const main = fileURLToPath(new URL("../server/src/culprit.js", import.meta.url));
const pageOf = (name: string) => readFileSync(new URL(`../docs/${name}`, import.meta.url), "utf8");
const blocksOf = (name: string) => [...pageOf(name).matchAll(/^```sh\n([\s\S]*?)^```/gm)].map(([, text = ""]) => text);
const page = pageOf("diagnosis.md");

let culprit: RunningCulprit;
let project: ProjectCreated;
let folder: string;
let incident: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "culprit-documented-"));
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
  project = JSON.parse((await culprit.culprit("project", "create", "documented", "--json")).stdout) as ProjectCreated;
  incident = await breakShop();
});
afterAll(async () => {
  await culprit.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function post(path: string, key: string, body: object): Promise<unknown> {
  const reply = await fetch(`${culprit.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`);
  return reply.json();
}

/** A shop of two files whose second commit breaks it, deployed and failing. */
async function breakShop(): Promise<string> {
  const shop = join(folder, "shop");
  const git = (...args: string[]) =>
    execFileSync("git", ["-C", shop, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
      encoding: "utf8",
    }).trim();
  const commit = (message: string, files: Readonly<Record<string, string>>) => {
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(dirname(join(shop, path)), { recursive: true });
      writeFileSync(join(shop, path), text);
    }
    git("add", "-A");
    git("commit", "-q", "-m", message);
    return git("rev-parse", "HEAD");
  };
  mkdirSync(shop);
  git("init", "-q", "-b", "main");
  const cart =
    'import { rateOf } from "./rates.js";\n\nexport function total(cart) {\n  return cart.sum * rateOf(cart.country).share;\n}\n';
  const rates = "export function rateOf(country) {\n  return shares.get(country) ?? none;\n}\n";
  const revisions = [
    commit("Start", { "src/cart.js": cart, "src/rates.js": rates }),
    commit("Trust the table", { "src/rates.js": rates.replace(" ?? none", "") }),
  ];
  await post("/api/repositories", project.api_key, { url: shop });
  for (const [at, commit_sha] of revisions.entries())
    await post("/api/deployments", project.api_key, {
      ...{ service: "shop", environment: "production", commit_sha },
      started_at: new Date(Date.now() - (20 - 15 * at) * 60_000).toISOString(),
    });
  const message = "Cannot read properties of undefined (reading 'share')";
  const { incident_id } = (await post("/api/ingest", project.ingest_key, {
    error: { message, type: "TypeError", stack: `TypeError: ${message}\n    at total (src/cart.js:4:40)` },
    context: { service: "shop", environment: "production", commit_sha: revisions[1] },
  })) as { incident_id: string };
  await eventually(
    () => detailOf(incident_id),
    ({ report, status }) => report !== null && status === "diagnosed",
    60_000,
  );
  return incident_id;
}

async function ask(path: string): Promise<unknown> {
  const reply = await fetch(`${culprit.url}${path}`, { headers: { authorization: `Bearer ${project.api_key}` } });
  return reply.json();
}

const detailOf = async (id: string) => incidentDetailSchema.parse(await ask(`/api/incidents/${id}`));

/** Runs an example of a page, in the folder of this test, with what the page says stands for what. */
async function sh(block: string, env: Readonly<Record<string, string>> = {}) {
  const script = `culprit() { "$NODE" "$MAIN" "$@"; }\n${block}`;
  const child = spawn("sh", ["-euc", script], {
    cwd: folder,
    env: {
      ...{ ...process.env, NODE: process.execPath, MAIN: main, CULPRIT_DATA_DIR: culprit.dataDir },
      ...{ URL: culprit.url, KEY: project.api_key, INCIDENT: incident, ...env },
    },
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.setEncoding("utf8").on("data", (text: string) => (stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (stderr += text));
  const [code] = (await once(child, "close")) as [number];
  return { code, stdout, stderr };
}

/** The example of the page that holds these words. */
function exampleOf(words: string): string {
  const found = blocksOf("diagnosis.md").filter((block) => block.includes(words));
  const [only] = found;
  if (only === undefined || found.length > 1) throw new Error(`${found.length} examples hold ${words}`);
  return only;
}

const jsonOf = (text: string): unknown => JSON.parse(text.trim().split("\n").at(-1) ?? "");
/** The keys that the page prints of a shape which begins so, in its own order. */
const keysOf = (shape: string) => [...shape.matchAll(/"(\w+)"/g)].map(([, key = ""]) => key);

test("the case that the format's page makes by hand is answered as it says, with and without the change", async () => {
  const [block = ""] = blocksOf("case-format.md");
  const made = await sh(block);
  expect(made).toMatchObject({ code: 0, stderr: "" });
  expect(made.stdout).toMatch(/^checkout-fails: confirmed[\s\S]*^1 {2}checkout .*chg-4$/m);
  const { code, stdout, stderr } = await sh(exampleOf("culprit diagnose"));
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const answer = jsonOf(stdout);
  expect(caseDiagnosisSchema.parse(answer)).toMatchObject({
    causes: [{ service: "checkout", change_id: "chg-4" }, {}, {}],
  });
  const shape = /`(\{"case", "causes":[^`]*)`/.exec(page)?.[1] ?? "";
  const { evidence: _, causes, ...rest } = answer as { evidence: unknown; causes: object[] };
  expect(
    Object.keys({ causes, ...rest, evidence: null })
      .concat(Object.keys(causes[0] ?? {}))
      .sort(),
  ).toEqual(keysOf(shape).sort());
  const bare = await sh(
    "rm checkout-fails/changes.json; culprit diagnose checkout-fails; culprit diagnose checkout-fails nowhere --json || echo $?",
  );
  expect(bare.stdout).toMatch(/^1 {2}checkout .* 0\.\d\d\s*$/m);
  expect(bare.stdout).toContain("No deployment or other change of this time is known.");
  expect(bare.stdout).toMatch(/"case":"nowhere","error":\{"code":"INVALID_REQUEST","message":[^\n]*\n1\n$/);
});

test("commits that broke lines and what a log says are told as the page shows", async () => {
  const blamed = await sh(exampleOf("culprit blame"));
  expect(blamed).toMatchObject({ code: 0, stderr: "" });
  const { commits, warnings } = jsonOf(blamed.stdout) as { commits: object[]; warnings: unknown[] };
  expect([Object.keys(commits[0] ?? {}), warnings]).toEqual([["sha", "score", "reasons"], []]);
  writeFileSync(join(folder, "app.log"), `10:00:01 INFO took 3 ms\n10:00:02 INFO took 8 ms\n${"x".repeat(5000)} y\n`);
  const grouped = await sh(exampleOf("culprit templates"));
  expect(grouped.code).toBe(0);
  expect(grouped.stderr).toContain("1 line is longer than 4000 characters");
  expect(jsonOf(grouped.stdout)).toMatchObject({ line: 3, cut: true });
});

test("each body of feedback is taken, each word is in the next answer, and the sums and replays follow it", {
  timeout: 180_000,
}, async () => {
  const read = await sh(exampleOf('"$URL/api/incidents/$INCIDENT" -H'));
  const first = incidentDetailSchema.parse(jsonOf(read.stdout));
  const [top] = first.hypotheses;
  expect(top?.title).toContain("Trust the table");
  const block = exampleOf("hypothesis_rejected");
  const lines = block.trim().split("\n");
  const define = lines[0] ?? "";
  const say = async (type: string) => {
    const line = lines.find((one) => one.includes(type)) ?? "";
    const before = (await detailOf(incident)).report?.revision ?? 0;
    const said = await sh(`${define}\n${line}`, { HYPOTHESIS: top?.id ?? "" });
    expect({ line, ...said, stdout: "" }).toEqual({ line, code: 0, stdout: "", stderr: "" });
    return eventually(
      () => detailOf(incident),
      ({ report }) => (report?.revision ?? 0) > before,
      30_000,
    );
  };
  const out = await say("hypothesis_rejected");
  expect(out.hypotheses.at(-1)).toMatchObject({ title: top?.title });
  expect(out.hypotheses.at(-1)?.confidence).toBeLessThanOrEqual(0.1);
  expect(out.verdict).toBe("inconclusive");
  const confirmed = await say("hypothesis_confirmed");
  expect([confirmed.verdict, confirmed.hypotheses[0]]).toMatchObject([
    "confirmed",
    { title: top?.title, confidence: 0.9 },
  ]);
  const named = await say('"root_cause_kind": "hypothesis"');
  expect([named.verdict, named.hypotheses[0]]).toMatchObject(["confirmed", { title: top?.title, confidence: 1 }]);
  const learnt = await sh(exampleOf("/api/learning"));
  const report = learningSchema.parse(jsonOf(learnt.stdout));
  expect(report.total).toMatchObject({ judged: 1, right: 1, false_attributions: 0 });
  const shape = /`(\{"weeks":[^`]*)`/.exec(page)?.[1] ?? "";
  expect([...new Set(keysOf(shape))].sort()).toEqual(
    [
      ...new Set([
        ...Object.keys(report),
        ...Object.keys(report.weeks[0] ?? {}),
        ...Object.keys(report.priors[0] ?? {}),
        "false_attribution_rate",
        "inconclusive_rate",
      ]),
    ].sort(),
  );
  const replayed = await sh(exampleOf("culprit replay"));
  expect(replayed.stdout + replayed.stderr).toContain("top-1 against what people confirmed: 1 of 1");
  expect(replayed.code).toBe(0);
  const other = await say('"root_cause_kind": "other"');
  expect(other.verdict).toBe("confirmed");
  expect(other.hypotheses[0]?.title).toContain("a full disk on node-2");
  // The whole example as it stands, notes and evidence included.
  const whole = await sh(block, { HYPOTHESIS: top?.id ?? "" });
  expect(whole).toMatchObject({ code: 0, stderr: "" });
  const log = feedbackListSchema.parse(await ask(`/api/incidents/${incident}/feedback`));
  expect(new Set(log.events.map(({ event_type }) => event_type))).toEqual(
    new Set([...block.matchAll(/"event_type": "(\w+)"/g)].map(([, type]) => type).concat("incident_status_changed")),
  );
  const again = await eventually(
    () => sh(exampleOf("/investigate")),
    ({ code }) => code === 0,
    30_000,
  );
  expect(jsonOf(again.stdout)).toEqual({ id: incident, status: "triaged" });
});
