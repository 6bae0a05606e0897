import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject, type GitProject } from "../../../../test/repair/git-project.ts";
import { repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { manifest, till, tillFailure, tillRequest, totals } from "../../../../test/repair/till-project.ts";
import { createGitRepositories } from "../../vendors/git/git-repositories.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import type { RepairDeps } from "./repair-deps.ts";
import { repairIncident } from "./repair-incident.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

interface Facts {
  readonly base: string;
  readonly culprit: string;
  readonly frames?: typeof tillFailure.frames;
}

/** What is stored after a repair that had only this to work with; it must not throw, whatever the repository is like. */
async function outcomeOf(project: GitProject | null, facts: Facts, overrides: Partial<RepairDeps> = {}) {
  const deps = repairDeps(store.database, { suiteTimeoutMs: 6_000, ...overrides });
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, {
    ...tillFailure,
    ...facts,
    payload: tillRequest,
  });
  await repairIncident(deps, { incidentId });
  const stored = await loadAutopsy(store.database.db, incidentId);
  if (stored === null) throw new Error("Nothing was stored.");
  expect(stored.proof_reason).toMatch(/^[A-Z]/);
  return stored;
}

/** Files that git itself has to write, committed as they are. */
function commitRaw(project: GitProject, message: string, write: (folder: string) => void): string {
  write(project.folder);
  project.git("add", "--all");
  project.git("commit", "--quiet", "--message", message);
  return project.git("rev-parse", "HEAD");
}

describe("what can't be worked on says so in the stored answer:", () => {
  test("no repository", async () => {
    const { culprit } = till();
    const stored = await outcomeOf(null, { base: culprit, culprit });
    expect(stored).toMatchObject({ proof: "not_run", patch_diff: null });
    expect(stored.proof_reason).toContain("no repository");
  });

  test("an unreachable remote", async () => {
    const { project, culprit } = till();
    const stored = await outcomeOf(project, { base: culprit, culprit }, { openRepository: async () => null });
    expect(stored.proof_reason).toContain("could be fetched");
  });

  test("a commit that was forced away", async () => {
    const { project, culprit } = till();
    const gone = project.commit("Gone soon", { "notes.txt": "x\n" });
    project.git("reset", "--quiet", "--hard", culprit);
    project.git("reflog", "expire", "--expire=now", "--all");
    project.git("gc", "--quiet", "--prune=now");
    const stored = await outcomeOf(project, { base: gone, culprit });
    expect(stored.proof_reason).toContain("forced away");
  });

  test("a history that a shallow clone cuts off before the blamed commit", async () => {
    const { project, culprit } = till();
    const base = project.commit("Later", { "notes.txt": "x\n" });
    const shallow = mkdtempSync(join(tmpdir(), "culprit-shallow-"));
    execFileSync("git", ["clone", "--quiet", "--depth=1", `file://${project.folder}`, shallow]);
    const deps = repairDeps(store.database);
    const incidentId = await seedIncident(store.database.db, deps.dataDir, project, {
      ...tillFailure,
      base,
      culprit,
      payload: tillRequest,
    });
    const { rows } = await sql<{ id: string }>`
      SELECT r.id FROM repositories r JOIN incidents i ON i.project_id = r.project_id WHERE i.id = ${incidentId}`.execute(
      store.database.db,
    );
    const folder = join(deps.dataDir, "repositories");
    const id = rows[0]?.id ?? "";
    rmSync(join(folder, `${id}.git`), { recursive: true });
    await createGitRepositories({ folder }).fetch({ id, url: shallow });
    await repairIncident(deps, { incidentId });
    const stored = await loadAutopsy(store.database.db, incidentId);
    expect(stored).toMatchObject({ proof: "not_run", proposer: "null-guard" });
    expect(stored?.proof_reason).toContain("No commit is blamed");
  });
});

describe("what a repository holds beside its code does not stop a proof:", () => {
  const odd: readonly (readonly [string, (folder: string, project: GitProject) => void])[] = [
    [
      "submodules",
      (folder, project) => {
        writeFileSync(join(folder, ".gitmodules"), '[submodule "lib"]\n\tpath = lib\n\turl = ../lib\n');
        project.git("update-index", "--add", "--cacheinfo", `160000,${project.git("rev-parse", "HEAD")},lib`);
        mkdirSync(join(folder, "lib"));
      },
    ],
    [
      "LFS pointers",
      (folder) => {
        writeFileSync(join(folder, ".gitattributes"), "*.bin filter=lfs diff=lfs merge=lfs -text\n");
        writeFileSync(join(folder, "a.bin"), "version https://git-lfs.github.com/spec/v1\noid sha256:aa\nsize 3\n");
      },
    ],
    ["binary files", (folder) => writeFileSync(join(folder, "logo.png"), Buffer.from([0, 1, 2, 255, 254, 10, 0]))],
    [
      "links that lead out",
      (folder) => {
        symlinkSync("/etc", join(folder, "etc"));
        symlinkSync("../../../../root/.ssh/id_rsa", join(folder, "src", "key.js"));
      },
    ],
    [
      "carriage returns in the file that failed",
      (folder) => {
        writeFileSync(join(folder, "src", "totals.js"), totals("cart.coupon.percent").replaceAll("\n", "\r\n"));
      },
    ],
  ];
  test.each(odd)("%s", async (_, write) => {
    const { project, culprit } = till();
    const base = commitRaw(project, "Something odd", (folder) => write(folder, project));
    const stored = await outcomeOf(project, { base, culprit });
    expect(stored.proof, stored.proof_reason).toBe("green");
  });

  test("hooks and filters, which never run here", async () => {
    const { project, culprit } = till();
    const marker = join(mkdtempSync(join(tmpdir(), "culprit-marker-")), "ran");
    const base = commitRaw(project, "Filters", (folder) => {
      writeFileSync(join(folder, ".gitattributes"), "* filter=evil diff=evil merge=evil\n");
      writeFileSync(
        join(folder, ".gitconfig"),
        `[filter "evil"]\n\tclean = touch ${marker}\n\tsmudge = touch ${marker}\n`,
      );
      mkdirSync(join(folder, ".githooks"));
      writeFileSync(join(folder, ".githooks", "post-checkout"), `#!/bin/sh\ntouch ${marker}\n`, { mode: 0o755 });
    });
    // The remote's own configuration and hooks, of which a mirror made by a copy would have some.
    for (const [key, value] of [
      ["core.hooksPath", ".githooks"],
      ["core.fsmonitor", `touch ${marker}`],
      ["filter.evil.clean", `touch ${marker}`],
      ["filter.evil.smudge", `touch ${marker}`],
    ] as const)
      project.git("config", key, value);
    const stored = await outcomeOf(project, { base, culprit });
    expect(stored.proof, stored.proof_reason).toBe("green");
    expect(existsSync(marker)).toBe(false);
  });

  test("a package in a folder of its own", async () => {
    const { project: inner, culprit: broken } = till();
    const project = createGitProject();
    const read = (commit: string, path: string) => inner.git("show", `${commit}:${path}`);
    const paths = ["package.json", "src/server.js", "src/carts.js", "src/totals.js", "test/totals.test.js"];
    const at = (commit: string) =>
      Object.fromEntries(paths.map((path) => [`services/till/${path}`, `${read(commit, path)}\n`]));
    project.commit("Begin", {
      "README.md": "Many services.\n",
      "services/other/package.json": "{}\n",
      ...at(`${broken}^`),
    });
    const culprit = project.commit("Tidy the totals", at(broken));
    const frames = [
      { file: "/srv/services/till/src/totals.js", function: "totalOf", line: 3, column: 31, isInApp: true },
    ];
    const stored = await outcomeOf(project, { base: culprit, culprit, frames });
    expect(stored.proof, stored.proof_reason).toBe("green");
    expect(stored.test_path).toBe("services/till/test/regression-server.test.js");
    expect(stored.proof_steps.map(({ name, outcome }) => [name, outcome])).toContainEqual([
      "project's tests with the patch",
      "passed",
    ]);
  });

  test("a workspace, worked on from its root", async () => {
    const { project, culprit } = till({ workspaces: ["packages/*"] });
    const base = project.commit("A package", {
      "packages/money/package.json": JSON.stringify({
        name: "money",
        version: "1.0.0",
        type: "module",
        main: "index.js",
      }),
      "packages/money/index.js": "export const cents = Math.round;\n",
      "src/carts.js": `import { cents } from "money";\n${project.git("show", "HEAD:src/carts.js").replace("cents: 250", "cents: cents(250)")}\n`,
      "package-lock.json": JSON.stringify({
        name: "till",
        lockfileVersion: 3,
        requires: true,
        packages: {
          "": { name: "till", workspaces: ["packages/*"] },
          "node_modules/money": { resolved: "packages/money", link: true },
          "packages/money": { version: "1.0.0" },
        },
      }),
    });
    const stored = await outcomeOf(project, { base, culprit });
    expect(stored.proof, stored.proof_reason).toBe("green");
  });
});

describe("a test command of the project", () => {
  const withTests = (command: string, files: Readonly<Record<string, string>> = {}) => {
    const { project, culprit } = till();
    const scripts = { start: "node src/server.js", test: command };
    return { project, culprit, base: project.commit("Test so", { "package.json": manifest({ scripts }), ...files }) };
  };

  test.each([
    ["hangs", "node --test && sleep 600", {}, "longer than its time limit"],
    ["writes gigabytes", "node --test && yes", {}, "more than its output limit"],
    [
      "forks without end",
      "node --test; node fork.mjs",
      {
        "fork.mjs":
          "import { spawn } from 'node:child_process';\nfor (;;) { try { spawn('sleep', ['60']).on('error', () => {}); } catch {} await new Promise(setImmediate); }\n",
      },
      /limit/,
    ],
  ])("that %s ends at its limit, and the proof says that nobody knows", async (_, command, files, words) => {
    const { project, culprit, base } = withTests(command, files);
    const stored = await outcomeOf(project, { base, culprit });
    expect(stored.proof).toBe("not_run");
    expect(stored.proof_reason).toContain("do not come to an end");
    const step = stored.proof_steps.find(({ name }) => name === "project's tests before the patch");
    expect(step?.log).toMatch(words);
    expect(step?.log.length).toBeLessThan(20_000);
  });

  test("that prints secrets has them struck out of the stored log", async () => {
    const key = `AKIA${"Q7".repeat(8)}`;
    const { project, culprit, base } = withTests(`echo 'password=hunter2hunter2 key ${key}'; node --test`);
    const stored = await outcomeOf(project, { base, culprit });
    expect(stored.proof, stored.proof_reason).toBe("green");
    const text = JSON.stringify(stored.proof_steps.map(({ log }) => log));
    expect(text).not.toContain("hunter2");
    expect(text).not.toContain(key);
  });
});

test("a repository that breaks off in the middle leaves what was found, and why it ended", async () => {
  const { project, culprit } = till();
  const deps = repairDeps(store.database);
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, {
    ...tillFailure,
    base: culprit,
    culprit,
    payload: tillRequest,
  });
  const openRepository: RepairDeps["openRepository"] = async (id) => {
    const repository = await deps.openRepository(id);
    const applyPatch = () => Promise.reject(new Error("the disk is gone"));
    return repository === null ? null : { ...repository, applyPatch };
  };
  await repairIncident({ ...deps, openRepository }, { incidentId });
  const stored = await loadAutopsy(store.database.db, incidentId);
  expect(stored?.proof_reason).toBe("The repair broke off: the disk is gone");
});
