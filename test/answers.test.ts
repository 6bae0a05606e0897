import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type IncidentDetail, incidentDetailSchema, type ProjectCreated } from "@culprit/contract";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, type RunningCulprit, runCulprit, startCulprit } from "./culprit/start-culprit.ts";

let culprit: RunningCulprit;
beforeAll(async () => {
  culprit = await startCulprit({ env: { CULPRIT_PROOF: "off" } });
});
afterAll(() => culprit.stop());

async function newProject(name: string): Promise<ProjectCreated> {
  return JSON.parse((await culprit.culprit("project", "create", name, "--json")).stdout) as ProjectCreated;
}

async function post(project: ProjectCreated, path: string, body: object, key = project.api_key): Promise<Response> {
  const reply = await fetch(`${culprit.url}${path}`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  expect({ path, status: reply.status }).toEqual({ path, status: 201 });
  return reply;
}

async function fail(project: ProjectCreated, context: object): Promise<string> {
  const error = {
    message: "no rate for XBT",
    type: "RangeError",
    stack: "RangeError: no rate for XBT\n    at rateOf (/srv/app/src/rates.js:3:9)",
  };
  const reply = await post(
    project,
    "/api/ingest",
    { error, context: { environment: "production", ...context } },
    project.ingest_key,
  );
  return ((await reply.json()) as { incident_id: string }).incident_id;
}

async function answered(project: ProjectCreated, id: string, revision: number): Promise<IncidentDetail> {
  const ask = async () => {
    const reply = await fetch(`${culprit.url}/api/incidents/${id}`, {
      headers: { authorization: `Bearer ${project.api_key}` },
    });
    return incidentDetailSchema.parse(await reply.json());
  };
  return eventually(ask, (detail) => detail.status === "diagnosed" && detail.report?.revision === revision, 40_000);
}

/** A repository of two commits in which the second breaks `rateOf`. */
function repository(): { folder: string; good: string; bad: string } {
  const folder = mkdtempSync(join(tmpdir(), "culprit-repository-"));
  const git = (...args: string[]) =>
    execFileSync("git", ["-c", "user.name=Ada", "-c", "user.email=ada@example.org", "-C", folder, ...args], {
      encoding: "utf8",
    }).trim();
  git("init", "-q", "-b", "main");
  mkdirSync(join(folder, "src"));
  git("commit", "-q", "--allow-empty", "-m", "begin");
  const write = (subject: string, body: string) => {
    writeFileSync(join(folder, "src/rates.js"), body);
    git("add", ".");
    git("commit", "-qm", subject);
    return git("rev-parse", "HEAD");
  };
  const good = write(
    "rates of three currencies",
    "const rates = { EUR: 1, USD: 1.1, XBT: 0.00002 };\nexport function rateOf(code) {\n  return rates[code];\n}\n",
  );
  const bad = write(
    "refuse unknown currencies",
    `const rates = { EUR: 1, USD: 1.1 };
export function rateOf(code) {
  if (!(code in rates)) throw new RangeError("no rate for " + code);
  return rates[code];
}
`,
  );
  return { folder, good, bad };
}

test("a change that is reported after the failure gives a new revision of the answer, which says what changed", async () => {
  const project = await newProject("late news");
  const { folder, good, bad } = repository();
  await post(project, "/api/repositories", { url: folder });
  const hourAgo = new Date(Date.now() - 3600_000).toISOString();
  await post(project, "/api/deployments", { service: "rates", commit_sha: good, started_at: hourAgo });
  const startedAt = new Date().toISOString();
  const id = await fail(project, { service: "rates" });
  const first = await answered(project, id, 1);
  expect(first.culprit_commit).not.toBe(bad);
  await post(project, "/api/deployments", { service: "rates", commit_sha: bad, started_at: startedAt });
  const second = await answered(project, id, 2);
  expect(second).toMatchObject({ culprit_commit: bad });
  expect(second.verdict).not.toBe("inconclusive");
  expect(second.report?.changed?.length).toBeGreaterThan(10);
  for (const hypothesis of second.hypotheses) {
    for (const { evidence_id } of [...hypothesis.for, ...hypothesis.against]) {
      expect(second.evidence.map(({ id: evidenceId }) => evidenceId)).toContain(evidence_id);
    }
  }
});

test("culprit blame names the commit of the failing line on plain git, without a server", async () => {
  const { folder, bad } = repository();
  const { code, stdout } = await runCulprit([
    "blame",
    "--repo",
    folder,
    "--commit",
    bad,
    "--frames",
    "src/rates.js:3",
    "--json",
  ]);
  expect(code).toBe(0);
  const { commits } = JSON.parse(stdout) as { commits: { sha: string; score: number; reasons: string[] }[] };
  expect(commits[0]).toMatchObject({ sha: bad });
  expect(commits[0]?.reasons.length).toBeGreaterThan(0);
});

test("culprit blame says which frames it could not look at as they were given, and still answers", async () => {
  const { folder } = repository();
  const args = ["blame", "--repo", folder, "--frames", "src/rates.js:3,src/rates.js:99,src/gone.js:1"];
  const [people, programs] = [await runCulprit(args), await runCulprit([...args, "--json"])];
  expect([people.code, programs.code]).toEqual([0, 0]);
  const { commits, warnings } = JSON.parse(programs.stdout) as { commits: unknown[]; warnings: string[] };
  expect(commits.length).toBeGreaterThan(0);
  expect(warnings).toHaveLength(2);
  expect(warnings[0]).toMatch(/^src\/gone\.js is no file at [0-9a-f]{12}/);
  expect(warnings[1]).toMatch(/^src\/rates\.js at [0-9a-f]{12} has 5 lines, so there is no line 99/);
  for (const warning of warnings) expect(people.stderr).toContain(warning);
});

test.each([
  [["blame", "--frames", "rubbish"], 1, /--frames is "rubbish"\. Say which lines failed/],
  [["blame", "--frames"], 2, /--frames needs a value: --frames VALUE/],
  [["blame", "--json=1"], 2, /--json takes no value/],
  [["project", "create", ""], 1, /A project's name must not be empty; it is ""/],
  [["project", "create", "-x"], 2, /There is no flag -x\./],
  [["project", "--data-dir", "/nowhere/x"], 2, /There is no command "project"\./],
  [["--fames"], 2, /The command comes first; --fames is a flag/],
  [["blame", "--fames", "a.js:1"], 2, /There is no flag --fames\. Did you mean --frames\?/],
  [["start", "--port", "abc"], 2, /--port is "abc"; it must be a whole number/],
  [["strat"], 2, /There is no command "strat"\. Did you mean npx culprit start\?/],
  [["gat", "list"], 2, /Did you mean npx culprit gate list\?/],
  [["frobnicate", "--help"], 2, /^culprit: There is no command "frobnicate"\. npx culprit help lists all\.\n$/],
  [["gate"], 2, /There is no command "gate"\. Say which: gate list, /],
  [["gate", "frob", "--help"], 2, /There is no command "gate frob"\. Say which: gate list, /],
  [
    ["detector", "set", "error-rate"],
    1,
    /--reason is missing: say --reason VALUE\. See npx culprit detector set --help/,
  ],
  [["detector", "set", "A", "--reason", "x"], 1, /NAME must begin with a small letter .*; it is "A"/],
  [["maintenance", "start"], 1, /--reason is missing: say --reason VALUE/],
  [["maintenance", "start", "--reason", "x"], 1, /--service NAME for one service, or --all for every service/],
  [["maintenance", "start", "--reason", "x", "--service", "a", "--all"], 1, /--service NAME for one service, or --all/],
  [["gate", "use", "1", "--as", "boss"], 1, /--as must be one of shadow, active, retired; it is "boss"/],
  [["migrate", "down", "--data-dir", "/nowhere/x"], 2, /Add --yes/],
])("a command line that can't be understood says what and why: %j", async (args, code, message) => {
  const result = await runCulprit(args);
  expect(result.code).toBe(code);
  expect(result.stderr).toMatch(message);
  // What only a caller of the API could follow is no help at a terminal.
  expect(result.stderr).not.toMatch(/details\.field|send it again|Too small|Unknown option|ZodError|"code"/i);
});
