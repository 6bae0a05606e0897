import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../../../../../test/database/create-test-database.ts";
import { repairDeps, seedIncident } from "../../../../../test/repair/repair-setup.ts";
import type { ForgeKind } from "../../integration/index.ts";
import { loadProposal, type ProposedRun } from "./load-proposal.ts";
import { loadPullRequests } from "./load-pull-requests.ts";
import { describePullRequest } from "./name-pull-request.ts";
import { storePullRequest } from "./store-pull-request.ts";
import { writePullRequest } from "./write-text.ts";

let store: TestDatabase;
beforeAll(async () => {
  store = await createTestDatabase();
});
afterAll(() => store.drop());

async function opened(kind: ForgeKind) {
  const { db } = store.database;
  const { dataDir } = repairDeps(store.database);
  const facts = { base: null, culprit: null, errorMessage: "no lines", frames: [] };
  const incidentId = await seedIncident(db, dataDir, null, facts);
  await sql`UPDATE incidents SET status = 'diagnosed' WHERE id = ${incidentId}`.execute(db);
  const proposal = await loadProposal(db, incidentId);
  const forge = { kind, repository: "acme/shop", integrationId: null };
  await storePullRequest(store.database, forge, {
    ...{ projectId: proposal.projectId, incidentId, runId: null, number: 7, url: "https://forge.example/7" },
    ...{ title: "Fix it", baseBranch: "main", branch: "culprit/inc-1", headSha: null, isOwn: true, mode: "manual" },
    openedAt: new Date(),
  });
  const { items, blocked } = await loadPullRequests(db, incidentId);
  const run: ProposedRun = {
    ...{ id: incidentId, proposer: "null-guard", kind: "fix", baseCommit: null, patchDiff: "", testPath: null },
    ...{ testDiff: null, proof: "green", proofReason: "It passes.", proofSteps: [], isolation: "none" },
    createdAt: new Date(),
  };
  const { body } = writePullRequest({
    ...{ proposal, run, forge: kind, incident: "inc_1", incidentUrl: "https://culprit.example/incidents/inc_1" },
    ...{ culpritSubject: null, commitsSince: 0, baseProof: null, askedBy: "ada", issueNumber: 3 },
  });
  return { said: describePullRequest(kind, "acme/shop", 7), name: items[0]?.name, blocked, body };
}

test("at GitLab it is a merge request with `!`, in the incident, in the API and in its own text; its issue keeps `#`", async () => {
  const { said, name, blocked, body } = await opened("gitlab");
  expect([said, name, blocked]).toEqual(["Merge request acme/shop!7", "acme/shop!7", "acme/shop!7 is open for it."]);
  expect(body).toContain("Fixes #3");
  expect(body).toContain("It follows this merge request and closes it");
  expect(body).not.toContain("pull request");
});

test("at the others it is a pull request with `#`", async () => {
  const { said, name, blocked, body } = await opened("gitea");
  expect([said, name, blocked]).toEqual(["Pull request acme/shop#7", "acme/shop#7", "acme/shop#7 is open for it."]);
  expect(body).toContain("It follows this pull request and closes it");
});
