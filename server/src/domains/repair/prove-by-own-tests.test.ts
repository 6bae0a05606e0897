import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject, lines } from "../../../../test/repair/git-project.ts";
import { has } from "../../../../test/repair/has-program.ts";
import { type LanguageProject, languageProjects } from "../../../../test/repair/language-projects.ts";
import { repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import { packageFolder } from "./package-folder.ts";
import { repairIncident } from "./repair-incident.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

/** The project after the release that broke it, and the incident that it made. */
async function broken(
  of: LanguageProject,
  more: {
    readonly files?: Readonly<Record<string, string>>;
    readonly changed?: Readonly<Record<string, string>>;
    readonly line?: number;
  } = {},
) {
  const project = createGitProject();
  project.commit("Begin", { ...of.files, ...more.files });
  const culprit = project.commit("Tidy", { [of.culprit.path]: of.culprit.text, ...more.changed });
  const { message, file, line } = { ...of.failure, ...more };
  const frames = [{ file, function: "first", line, column: null, isInApp: true }];
  const facts = { base: culprit, culprit, errorType: "Error", errorMessage: message, frames };
  const settings = { allowInstallNetwork: true };
  const deps = repairDeps(store.database);
  return {
    deps,
    incidentId: await seedIncident(store.database.db, deps.dataDir, project, { ...facts, settings }),
    project,
    facts,
  };
}

for (const of of languageProjects) {
  test.skipIf(!has(of.program))(
    `${of.language}: the revert is proven by the project's own test, its dependencies installed once`,
    { timeout: 600_000 },
    async () => {
      const { deps, incidentId, project, facts } = await broken(of);
      const outcome = await repairIncident(deps, { incidentId });
      const steps = (await loadAutopsy(store.database.db, incidentId))?.proof_steps ?? [];
      expect(outcome, JSON.stringify({ outcome, steps }, null, 1)).toMatchObject({
        proof: "green",
        proposer: "revert",
      });
      expect(outcome.reason).toContain(
        `own test ${of.test} fails on the deployed commit as the incident does and passes`,
      );
      expect(outcome.reason).toContain("the others are no worse");
      // The next incident has the same lock file and no network.
      const again = await seedIncident(store.database.db, deps.dataDir, project, facts);
      const second = await repairIncident(deps, { incidentId: again });
      expect(second, second.reason).toMatchObject({ proof: "green" });
      const [install] =
        (await loadAutopsy(store.database.db, again))?.proof_steps.filter(({ name }) => /^install/.test(name)) ?? [];
      expect(install).toMatchObject({ outcome: "skipped" });
    },
  );
}

/** Rust needs no package to run tests; what is told apart here is the same in each language. */
const rust: LanguageProject = {
  language: "Rust",
  program: "cargo",
  files: {
    "Cargo.toml": '[package]\nname = "shop"\nversion = "0.1.0"\nedition = "2021"\n',
    "Cargo.lock": 'version = 3\n\n[[package]]\nname = "shop"\nversion = "0.1.0"\n',
    "src/lib.rs": lines(
      "pub fn first(items: &[u32]) -> u32 {",
      "    *items.first().unwrap_or(&0)",
      "}",
      "pub const FEE: u32 = 1;",
    ),
    "tests/cart.rs":
      "#[test] fn empty() { assert_eq!(shop::first(&[]), 0); }\n#[test] fn fee() { assert!(shop::FEE == 2); }\n",
  },
  culprit: {
    path: "src/lib.rs",
    text: lines("pub fn first(items: &[u32]) -> u32 {", "    items[0]", "}", "pub const FEE: u32 = 1;"),
  },
  failure: { message: "index out of bounds: the len is 0 but the index is 0", file: "src/lib.rs", line: 2 },
  test: "tests/cart.rs empty",
};

const cases = [
  {
    name: "a failure that no test of the project shows is not reproduced, and its revert is not called proven",
    more: { line: 1 },
    proof: "not_run",
    reason:
      /^Not reproduced: of the project's own tests 2 fail on the deployed commit, none of them at src\/lib\.rs:1.*no worse with the patch/,
  },
  {
    name: "tests that pass on the deployed commit reproduce nothing",
    more: { files: { "tests/cart.rs": "#[test] fn one() { assert_eq!(shop::first(&[1]), 1); }\n" } },
    proof: "not_run",
    reason:
      /^Not reproduced: the project's own tests pass on the deployed commit, and regression tests are written for JavaScript/,
  },
  {
    name: "a patch that changes the tests is not proven by them",
    more: { changed: { "tests/more.rs": "#[test] fn more() {}\n" } },
    proof: "not_run",
    reason: /The patch changes tests\/more\.rs, and with it the tests that it would be proven by\./,
  },
  {
    name: "a revert that takes back what another test needs is red, and names that test",
    more: { changed: { "src/lib.rs": rust.culprit.text.replace("= 1;", "= 2;") } },
    proof: "red",
    reason: /These tests fail now: tests\/cart\.rs fee\./,
  },
] as const;

for (const { name, more, proof, reason } of cases) {
  test.skipIf(!has("cargo"))(name, { timeout: 120_000 }, async () => {
    const { deps, incidentId } = await broken(rust, more);
    const outcome = await repairIncident(deps, { incidentId });
    expect(outcome).toMatchObject({ proof, reason: expect.stringMatching(reason), patchApplies: true });
  });
}

test("a project whose language this machine does not have keeps its patch, with what to install", async () => {
  const { deps, incidentId } = await broken(rust);
  const outcome = await repairIncident(
    {
      ...deps,
      sandbox: async () => {
        const sandbox = await deps.sandbox();
        if (!("run" in sandbox)) return sandbox;
        return { ...sandbox, run: (one) => sandbox.run({ ...one, env: { ...one.env, PATH: "/nothing" } }) };
      },
    },
    { incidentId },
  );
  expect(outcome).toMatchObject({ proof: "not_run", proposer: "revert", patchApplies: true });
  expect(outcome.reason).toContain("there is no cargo for the sandbox to run. Install Rust");
});

test("what failed in another language is worked on where that is built, whatever lies beside it", () => {
  const files = [
    "web/package.json",
    "api/go.mod",
    "api/cart.go",
    "core/Cargo.lock",
    "core/a/Cargo.toml",
    "core/a/src/lib.rs",
  ];
  expect(packageFolder(files, ["api/cart.go"])).toBe("api");
  expect(packageFolder(files, ["core/a/src/lib.rs"])).toBe("core");
  expect(packageFolder(files, ["web/src/a.ts"])).toBe("web");
  expect(packageFolder(["go.mod", "cart.go", "web/package.json"], ["cart.go"])).toBe("");
});
