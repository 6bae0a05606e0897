import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { configChangeInputSchema, deploymentInputSchema } from "@culprit/contract";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { newId } from "../../platform/ids/ids.ts";
import { createGitRepositories } from "../../vendors/git/index.ts";
import type { ChangeDeps } from "./change-deps.ts";
import { observeRevisions } from "./observe-revisions.ts";
import { openProjectRepository } from "./open-project-repository.ts";
import { recordConfigChange } from "./record-config-change.ts";
import { recordDeployment } from "./record-deployment.ts";
import { registerRepository } from "./register-repository.ts";

let test_: TestDatabase;
let folder: string;
let repo: string;
let deps: ChangeDeps;
const shas: string[] = [];

function git(...args: string[]): string {
  return execFileSync("git", ["-C", repo, "-c", "user.name=Ada", "-c", "user.email=ada@example.com", ...args], {
    encoding: "utf8",
  }).trim();
}

/** One more repository with a commit of its own. */
function otherRepository(name: string, tags: readonly string[]): string {
  const url = join(folder, name);
  execFileSync("git", ["init", "-q", "-b", "main", url]);
  commitTo(url, name);
  for (const tag of tags) execFileSync("git", ["-C", url, "tag", tag]);
  return url;
}

function commitTo(url: string, message: string): string {
  const run = (...args: string[]) =>
    execFileSync("git", ["-C", url, "-c", "user.name=Bob", "-c", "user.email=bob@example.com", ...args], {
      encoding: "utf8",
    }).trim();
  run("commit", "-q", "--allow-empty", "-m", message);
  return run("rev-parse", "HEAD");
}

beforeAll(async () => {
  test_ = await createTestDatabase();
  folder = mkdtempSync(join(tmpdir(), "culprit-change-"));
  repo = join(folder, "repo");
  execFileSync("git", ["init", "-q", "-b", "main", repo]);
  for (let n = 0; n < 5; n++) {
    writeFileSync(join(repo, "a.js"), `let a = ${n};\n`);
    git("add", "-A");
    git("commit", "-q", "-m", `change ${n}`);
    shas.push(git("rev-parse", "HEAD"));
  }
  git("tag", "v1.2.0", shas[2] ?? "");
  deps = { database: test_.database, git: createGitRepositories({ folder: join(folder, "mirrors") }) };
});
afterAll(async () => {
  await test_.drop();
  rmSync(folder, { recursive: true, force: true });
});

async function newProject(): Promise<string> {
  const id = newId();
  const user = newId();
  await sql`INSERT INTO users (id, github_login) VALUES (${user}, 'ada')`.execute(deps.database.db);
  await sql`INSERT INTO projects (id, project_id, owner_id, name, ingest_api_key) VALUES (${id}, ${id}, ${user}, ${id}, ${id})`.execute(
    deps.database.db,
  );
  return id;
}

const at = (minute: number) => new Date(Date.UTC(2026, 0, 1, 12, minute)).toISOString();
const deploy = (projectId: string, input: object) =>
  recordDeployment(deps, { projectId, input: deploymentInputSchema.parse(input) });

async function timeline(projectId: string) {
  const { rows } = await sql<{
    commit_sha: string | null;
    from_at: Date;
    to_at: Date | null;
    mapping_confidence: number;
  }>`
    SELECT commit_sha, from_at, to_at, mapping_confidence FROM service_revisions WHERE project_id = ${projectId} ORDER BY from_at`.execute(
    deps.database.db,
  );
  return rows.map((row) => ({
    n: shas.indexOf(row.commit_sha ?? ""),
    from: row.from_at.toISOString(),
    to: row.to_at?.toISOString() ?? null,
    confidence: row.mapping_confidence,
  }));
}

describe("the revision timeline", () => {
  test("a deployment that is told late stands between its neighbours, and both ranges are right", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    await deploy(projectId, { commit_sha: shas[0], started_at: at(0) });
    await deploy(projectId, { commit_sha: shas[4], started_at: at(20) });
    const middle = await deploy(projectId, { commit_sha: shas[2], started_at: at(10) });
    expect(await timeline(projectId)).toEqual([
      { n: 0, from: at(0), to: at(10), confidence: 1 },
      { n: 2, from: at(10), to: at(20), confidence: 1 },
      { n: 4, from: at(20), to: null, confidence: 1 },
    ]);
    const { rows } = await sql<{ id: string; commit_shas: string[] }>`
      SELECT deployment_event_id AS id, commit_shas FROM deployment_commit_ranges JOIN deployment_events USING (deployment_event_id, project_id)
      WHERE project_id = ${projectId} ORDER BY started_at`.execute(deps.database.db);
    expect(rows[1]).toEqual({ id: middle.deploymentEventId, commit_shas: [shas[2], shas[1]] });
    expect(rows[2]?.commit_shas).toEqual([shas[4], shas[3]]);
  });

  test("a request, as its project's tenant, records the commits that a deployment brought and sees them; another sees none", async () => {
    const projectId = await newProject();
    const asTenant = (id: string) => ({ ...deps, database: test_.database.asTenant({ userId: null, projectId: id }) });
    const own = asTenant(projectId);
    await registerRepository(own, { projectId, url: repo });
    for (const [n, minute] of [
      [0, 0],
      [2, 10],
    ] as const) {
      const input = deploymentInputSchema.parse({ service: "shop", commit_sha: shas[n], started_at: at(minute) });
      await recordDeployment(own, { projectId, input });
    }
    const commitsOf = async (scope: ChangeDeps) =>
      (
        await sql<{ sha: string }>`SELECT commit_sha AS sha FROM commits ORDER BY authored_at, message`.execute(
          scope.database.db,
        )
      ).rows.map(({ sha }) => sha);
    expect(new Set(await commitsOf(own))).toEqual(new Set(shas.slice(0, 3)));
    expect(await commitsOf(asTenant(await newProject()))).toEqual([]);
  });

  test("the same platform id twice is one deployment", async () => {
    const projectId = await newProject();
    const input = { commit_sha: shas[1], deployment_id: "dpl_1", started_at: at(0) };
    const [first, second] = [await deploy(projectId, input), await deploy(projectId, input)];
    expect(second).toEqual(first);
    expect(await timeline(projectId)).toHaveLength(1);
  });

  test("a commit that the repository lacks is recorded, and said; one that it has, or that nobody can look for, is not", async () => {
    const projectId = await newProject();
    const missing = "f".repeat(40);
    expect(await deploy(projectId, { commit_sha: missing })).toMatchObject({ warning: null });
    await registerRepository(deps, { projectId, url: repo });
    expect(await deploy(projectId, { commit_sha: missing })).toMatchObject({
      commitSha: missing,
      warning: `The repository has no commit ${missing}, so its changes can't be read. Push it, or check that this is the repository that was deployed.`,
    });
    expect(await deploy(projectId, { commit_sha: shas[1] })).toMatchObject({ warning: null });
  });

  test("of three repositories the one that has the commit is read, whichever was fetched last; a commit that none has is said of all", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    await registerRepository(deps, { projectId, url: otherRepository("cart", ["v1.2.0"]) });
    await registerRepository(deps, { projectId, url: otherRepository("tax", ["v1.2.0"]) });
    await deploy(projectId, { commit_sha: shas[0], started_at: at(0) });
    const second = await deploy(projectId, { commit_sha: shas[2], started_at: at(10) });
    expect(second.warning).toBeNull();
    const { rows } = await sql<{ commit_shas: string[] }>`
      SELECT commit_shas FROM deployment_commit_ranges WHERE deployment_event_id = ${second.deploymentEventId}`.execute(
      deps.database.db,
    );
    expect(rows).toEqual([{ commit_shas: [shas[2], shas[1]] }]);
    const missing = "e".repeat(40);
    expect((await deploy(projectId, { commit_sha: missing, started_at: at(20) })).warning).toBe(
      `None of the 3 repositories that were looked through has the commit ${missing}, so its changes can't be read. Push it, or register the repository that was deployed.`,
    );
  });

  test("a commit that was pushed after the repositories were fetched is fetched for, in whichever of them it is", async () => {
    const projectId = await newProject();
    const url = otherRepository("late", []);
    await registerRepository(deps, { projectId, url });
    await registerRepository(deps, { projectId, url: repo });
    const commit_sha = commitTo(url, "late");
    expect((await deploy(projectId, { commit_sha, started_at: at(0) })).warning).toBeNull();
    expect(await openProjectRepository(deps, projectId, commit_sha)).toMatchObject({ repository: { url } });
  });

  test("a tag that several repositories have is looked up in the one that the service runs from, and is a guess where that is not known", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    await registerRepository(deps, { projectId, url: otherRepository("twin", ["v1.2.0"]) });
    const guessed = await deploy(projectId, { service: "tax", release: "1.2.0", started_at: at(0) });
    expect(guessed.commitSha).not.toBeNull();
    await deploy(projectId, { service: "shop", commit_sha: shas[0], started_at: at(1) });
    const known = await deploy(projectId, { service: "shop", release: "1.2.0", started_at: at(2) });
    expect(known.commitSha).toBe(shas[2]);
    expect((await timeline(projectId)).map(({ confidence }) => confidence)).toEqual([0.4, 1, 0.85]);
  });

  test("a release is mapped through its tag, surely enough to blame", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    const { commitSha } = await deploy(projectId, { release: "shop@1.2.0", started_at: at(0) });
    expect(commitSha).toBe(shas[2]);
    expect((await timeline(projectId))[0]?.confidence).toBeCloseTo(0.85);
  });

  test("a rollback lists the commits that were taken out", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    await deploy(projectId, { commit_sha: shas[3], started_at: at(0) });
    const back = await deploy(projectId, { commit_sha: shas[1], started_at: at(5) });
    const { rows } = await sql<{ is_rollback: boolean; commit_shas: string[] }>`
      SELECT is_rollback, commit_shas FROM deployment_commit_ranges WHERE deployment_event_id = ${back.deploymentEventId}`.execute(
      deps.database.db,
    );
    expect(rows[0]).toEqual({ is_rollback: true, commit_shas: [shas[3], shas[2]] });
  });

  test("signals of a revision that runs write nothing, and a deployment told after its first signal keeps one span", async () => {
    const projectId = await newProject();
    const sighting = (minute: number, n: number) => ({
      projectId,
      signal: {
        service: "default",
        environment: "production",
        release: null,
        commitSha: shas[n] ?? null,
        occurredAt: at(minute),
      },
      receivedAt: new Date(at(minute)),
    });
    const observe = (batch: Parameters<typeof observeRevisions>[1]) =>
      deps.database.transaction((tx) => observeRevisions(tx, batch));
    expect(await observe([sighting(3, 0), sighting(4, 0)])).toBe(1);
    expect(await observe([sighting(5, 0)])).toBe(0);
    await deploy(projectId, { commit_sha: shas[0], started_at: at(1) });
    expect(await timeline(projectId)).toEqual([{ n: 0, from: at(1), to: null, confidence: 1 }]);
    await deploy(projectId, { commit_sha: shas[1], started_at: at(10) });
    // An old instance that is still being replaced.
    expect(await observe([sighting(11, 0)])).toBe(0);
    expect(await timeline(projectId)).toHaveLength(2);
  });
});

describe("registering a repository", () => {
  const repositories = async (projectId: string) =>
    (
      await sql<{ url: string; last_error: string | null }>`
        SELECT url, last_error FROM repositories WHERE project_id = ${projectId} ORDER BY created_at`.execute(
        deps.database.db,
      )
    ).rows;
  const remote = "http://bob:hunter2@127.0.0.1:9/shop.git";

  test("of one that can't be read nothing stays, no row, no mirror, no password, and the one before is read on", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    const mirrors = readdirSync(join(folder, "mirrors"));
    for (let time = 0; time < 2; time += 1) {
      const refused = await registerRepository(deps, { projectId, url: remote }).catch((error: unknown) => error);
      expect(refused).toMatchObject({ code: "REPOSITORY_UNAVAILABLE" });
      expect(String(refused)).not.toContain("hunter2");
    }
    expect(await repositories(projectId)).toEqual([{ url: repo, last_error: null }]);
    expect(readdirSync(join(folder, "mirrors"))).toEqual(mirrors);
    expect(await openProjectRepository(deps, projectId)).toMatchObject({ kind: "open", repository: { url: repo } });
  });

  test("one that was never fetched, from before, does not hide the one that was, and goes when it fails again", async () => {
    const projectId = await newProject();
    await registerRepository(deps, { projectId, url: repo });
    await sql`INSERT INTO repositories (id, project_id, url) VALUES (${newId()}, ${projectId}, ${remote})`.execute(
      deps.database.db,
    );
    expect(await openProjectRepository(deps, projectId)).toMatchObject({ kind: "open", repository: { url: repo } });
    await expect(registerRepository(deps, { projectId, url: remote })).rejects.toThrow();
    expect(await repositories(projectId)).toEqual([{ url: repo, last_error: null }]);
  });

  test("one that was read before stays with the reason when it can't be read now, and its mirror is read on", async () => {
    const projectId = await newProject();
    const url = join(folder, "moves");
    execFileSync("git", ["clone", "-q", "--bare", repo, url]);
    const { repositoryId } = await registerRepository(deps, { projectId, url });
    rmSync(url, { recursive: true });
    await expect(registerRepository(deps, { projectId, url })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(await repositories(projectId)).toEqual([{ url, last_error: expect.stringContaining("does not exist") }]);
    expect(await openProjectRepository(deps, projectId)).toMatchObject({ kind: "open" });
    expect(repositoryId).toMatch(/-/);
  });

  test("one whose HEAD names a branch that is not there is registered with its only branch and the warning", async () => {
    const projectId = await newProject();
    const url = join(folder, "dangling");
    execFileSync("git", ["clone", "-q", "--bare", repo, url]);
    execFileSync("git", ["-C", url, "symbolic-ref", "HEAD", "refs/heads/gone"]);
    expect(await registerRepository(deps, { projectId, url })).toMatchObject({
      defaultBranch: "main",
      warning: expect.stringMatching(/HEAD names "gone".*git symbolic-ref HEAD refs\/heads\/main$/),
    });
    execFileSync("git", ["-C", url, "symbolic-ref", "HEAD", "refs/heads/main"]);
    expect(await registerRepository(deps, { projectId, url })).toMatchObject({ defaultBranch: "main", warning: null });
  });

  test("ten who register one URL at once get one row and one mirror", async () => {
    const projectId = await newProject();
    const mirrors = readdirSync(join(folder, "mirrors")).length;
    const all = await Promise.all(Array.from({ length: 10 }, () => registerRepository(deps, { projectId, url: repo })));
    expect(new Set(all.map(({ repositoryId }) => repositoryId)).size).toBe(1);
    expect(readdirSync(join(folder, "mirrors")).length).toBe(mirrors + 1);
  });
});

test("a deployment and a config change are events for triggers, once each, and a secret's value is not in them", async () => {
  const projectId = await newProject();
  const input = { service: "cart", environment: "production", deployment_id: "d-1", release: "v1", started_at: at(0) };
  await deploy(projectId, input);
  await deploy(projectId, { ...input, finished_at: at(1) });
  const change = { environment: "production", source: "k8s_secret", change_kind: "secret_key", resource_name: "db" };
  const changes = [{ field: "PASSWORD", old_value: "old-pass", new_value: "new-pass" }];
  await recordConfigChange(deps, {
    projectId,
    input: configChangeInputSchema.parse({ ...change, service: "cart", actor: "ann", changes }),
  });
  const { rows } = await sql<{ event_type: string; subject: string; payload: object }>`
    SELECT event_type, subject, payload FROM workflow_events WHERE project_id = ${projectId} ORDER BY event_id`.execute(
    deps.database.db,
  );
  expect(rows).toMatchObject([
    {
      event_type: "deployment.recorded",
      subject: "deployment:production/cart",
      payload: { service: "cart", environment: "production", release: "v1", id: expect.stringMatching(/^dep_/) },
    },
    { event_type: "config.changed", payload: { service: "cart", resource: "db", actor: "ann" } },
  ]);
  expect(JSON.stringify(rows)).not.toContain("-pass");
});

describe("a time that has not come", () => {
  test("is refused by its field, of a deployment and of a change, and nothing is stored", async () => {
    const projectId = await newProject();
    const future = "2099-01-01T00:00:00Z";
    await expect(deploy(projectId, { release: "v1", started_at: future })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
      message: expect.stringMatching(/^started_at is 2099-01-01T00:00:00Z, which is more than 5 minutes ahead/),
    });
    await expect(deploy(projectId, { release: "v1", finished_at: future })).rejects.toThrow(/^finished_at/);
    const change = { resource_name: "flag", changes: [{ field: "x" }], detected_at: future };
    await expect(recordConfigChange(deps, { projectId, input: configChangeInputSchema.parse(change) })).rejects.toThrow(
      /^detected_at/,
    );
    expect(await timeline(projectId)).toEqual([]);
  });

  test("a clock that is some minutes ahead is taken", async () => {
    const projectId = await newProject();
    const soon = new Date(Date.now() + 4 * 60_000).toISOString();
    await deploy(projectId, { release: "v1", started_at: soon });
    expect(await timeline(projectId)).toMatchObject([{ from: soon }]);
  });
});
