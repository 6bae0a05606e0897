import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../test/database/create-test-database.ts";
import { createGitProject } from "../../../../test/repair/git-project.ts";
import { repairDeps, seedIncident } from "../../../../test/repair/repair-setup.ts";
import { carts, manifest, till, tillFailure, tillRequest, totals } from "../../../../test/repair/till-project.ts";
import { loadAutopsy } from "./load-autopsy.ts";
import { repairIncident } from "./repair-incident.ts";
import { manifestOfMember, workspaceMember } from "./workspace-member.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

const root = JSON.stringify({ private: true, workspaces: ["packages/*"], scripts: { test: "node --test everything" } });

test("a failure in a member is the member's, one in the root or without a workspace is nobody's", () => {
  const files = ["package.json", "packages/a/package.json", "packages/a/src/x.js", "tools/x.js"];
  expect(workspaceMember(files, root, ["packages/a/src/x.js"])).toBe("packages/a");
  expect(workspaceMember(files, root, ["tools/x.js"])).toBeNull();
  expect(workspaceMember(files, "{}", ["packages/a/src/x.js"])).toBeNull();
  expect(workspaceMember([...files, "pnpm-workspace.yaml"], "{}", ["packages/a/src/x.js"])).toBe("packages/a");
});

test("a member's scripts hold from the root, and without tests of its own the root's do", () => {
  const own = JSON.stringify({
    type: "module",
    main: "./src/app.js",
    scripts: { start: "node ./src/app.js", test: "vitest" },
  });
  const merged = JSON.parse(manifestOfMember(root, own, "packages/it's")) as { scripts: { test: string } };
  expect(merged).toMatchObject({ type: "module", main: "packages/it's/src/app.js" });
  expect(merged.scripts.test).toMatch(/^cd 'packages\/it'\\''s' && .* && vitest$/);
  expect(merged.scripts).toMatchObject({ start: "node packages/it's/src/app.js" });
  expect(JSON.parse(manifestOfMember(root, "{}", "packages/a"))).toMatchObject({
    scripts: { test: "node --test everything" },
  });
});

test("a patch for a member of a workspace is proven by the member's own tests", async () => {
  const flat = till().project;
  const project = createGitProject();
  const read = (path: string): string => `${flat.git("show", `HEAD~1:${path}`)}\n`;
  const at = (path: string): string => `packages/till/${path}`;
  project.commit("Begin", {
    "package.json": root,
    "package-lock.json": JSON.stringify({
      lockfileVersion: 3,
      requires: true,
      packages: {
        "": { workspaces: ["packages/*"] },
        "node_modules/till": { resolved: "packages/till", link: true },
        "packages/till": {},
      },
    }),
    [at("package.json")]: manifest(),
    [at("src/server.js")]: read("src/server.js"),
    [at("src/carts.js")]: carts,
    [at("src/totals.js")]: read("src/totals.js"),
    [at("test/totals.test.js")]: read("test/totals.test.js"),
  });
  const culprit = project.commit("Tidy", { [at("src/totals.js")]: totals("cart.coupon.percent") });
  const deps = repairDeps(store.database);
  const frames = tillFailure.frames.map((frame) => ({ ...frame, file: "/srv/packages/till/src/totals.js" }));
  const facts = { ...tillFailure, frames, base: culprit, culprit, payload: tillRequest };
  const incidentId = await seedIncident(store.database.db, deps.dataDir, project, facts);
  const outcome = await repairIncident(deps, { incidentId });
  expect(outcome, outcome.reason).toMatchObject({ proof: "green", proposer: "revert" });
  const answer = await loadAutopsy(store.database.db, incidentId);
  const suite = answer?.proof_steps.find(({ name }) => name === "project's tests with the patch");
  expect(suite?.command).toContain("cd 'packages/till' &&");
  expect(suite).toMatchObject({ outcome: "passed", log: expect.stringContaining("a coupon lowers the total") });
});
