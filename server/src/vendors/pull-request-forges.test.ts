import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startFakeGitea } from "../../../test/fakes/gitea/fake-gitea.ts";
import { startFakeGitHub } from "../../../test/fakes/github/fake-github.ts";
import type { FakeRepository } from "../../../test/fakes/github/repository.ts";
import { startFakeGitLab } from "../../../test/fakes/gitlab/fake-gitlab.ts";
import { createGitProject } from "../../../test/repair/git-project.ts";
import type { PullRequestForge } from "../domains/integration/index.ts";
import { openHttpClient } from "../platform/http-client/open-http-client.ts";
import { openCheckouts } from "./git/checkout.ts";
import { giteaPullRequests } from "./gitea/pull-request-forge.ts";
import { githubPullRequests } from "./github/pull-request-forge.ts";
import { gitlabPullRequests } from "./gitlab/pull-request-forge.ts";
import { describePullRequestForge, type ForgeStage } from "./pull-request-forge-conformance.ts";

const http = openHttpClient({ allowPrivate: "127.0.0.1" });
const now = () => new Date();

/** A bare repository with one commit, and beside it the mirror that Culprit would have. */
function makeRepository(): { readonly bare: string; readonly mirrors: string } {
  const project = createGitProject();
  project.commit("Begin", { "a.txt": "one\ntwo\nthree\n" });
  const folder = mkdtempSync(join(tmpdir(), "culprit-forge-"));
  const [bare, mirrors] = [join(folder, "shop.git"), join(folder, "mirrors")];
  mkdirSync(mirrors);
  for (const target of [bare, join(mirrors, "mirror.git")])
    execFileSync("git", ["clone", "--quiet", "--bare", project.folder, target]);
  return { bare, mirrors };
}

function stageOf(
  repository: FakeRepository,
  at: { readonly bare: string; readonly mirrors: string },
  forges: { readonly forge: PullRequestForge; readonly readingForge: PullRequestForge },
): ForgeStage {
  const issueAt = (number: number) => {
    const found = repository.issues.get(number);
    if (found === undefined) throw new Error(`there is no ${number}`);
    return found;
  };
  const openCheckout = openCheckouts(at.mirrors);
  return {
    ...forges,
    bare: at.bare,
    openCheckout: async (forge) => {
      const checkout = await openCheckout("mirror", await forge.remote());
      if (checkout === null) throw new Error("there is no mirror");
      return checkout;
    },
    merge: (number) => void repository.mergePullRequest(number),
    closeByHand: (number) => {
      issueAt(number).state = "closed";
    },
    setStatus: (sha, context, state) => {
      repository.statuses.push({ id: repository.nextId(), sha, context, state, description: null, targetUrl: null });
    },
    review: (number, login, says) => void repository.review(number, says, login),
    addCollaborator: (login) => void repository.collaborators.set(login, "write"),
    facts: (number) => {
      const { labels, reviewers, body } = issueAt(number);
      return { labels: [...labels], reviewers: [...reviewers], body };
    },
  };
}

describePullRequestForge("GitHub", async () => {
  const fake = await startFakeGitHub();
  const open = (token: string, repository: string) =>
    githubPullRequests({
      http,
      now,
      auth: { kind: "token", token },
      baseUrl: fake.apiUrl,
      repository,
      integrationId: null,
    });
  const token = fake.addToken({ login: "culprit" });
  const reads = { contents: "read", pull_requests: "read", issues: "read" } as const;
  const readingToken = fake.addToken({ login: "reader", permissions: reads });
  let count = 0;
  return {
    stage: async () => {
      const at = makeRepository();
      const repository = fake.addGitRepository("acme", `shop-${++count}`, at.bare);
      const forges = { forge: open(token, repository.fullName), readingForge: open(readingToken, repository.fullName) };
      return stageOf(repository, at, forges);
    },
    faults: () => fake.faults,
    close: () => fake.close(),
  };
});

describePullRequestForge("GitHub as an app", async () => {
  const fake = await startFakeGitHub();
  const writes = {
    contents: "write",
    pull_requests: "write",
    issues: "write",
    checks: "read",
    statuses: "read",
  } as const;
  const reads = { contents: "read", pull_requests: "read", issues: "read" } as const;
  const [app, reader] = [
    fake.addApp({ owner: "acme", permissions: writes }),
    fake.addApp({ owner: "acme", permissions: reads }),
  ];
  const open = ({ id: appId, privateKey }: typeof app, repository: FakeRepository) => {
    const { id: installationId } = fake.install(appId === app.id ? app : reader, [repository]);
    const auth = { kind: "app", appId, privateKey, installationId } as const;
    return githubPullRequests({
      ...{ http, now, auth, baseUrl: fake.apiUrl, integrationId: null },
      repository: repository.fullName,
    });
  };
  let count = 0;
  return {
    stage: async () => {
      const at = makeRepository();
      const repository = fake.addGitRepository("acme", `shop-${++count}`, at.bare);
      return stageOf(repository, at, { forge: open(app, repository), readingForge: open(reader, repository) });
    },
    faults: () => fake.faults,
    close: () => fake.close(),
  };
});

describePullRequestForge("Gitea", async () => {
  const fake = await startFakeGitea();
  const open = (token: string, repository: string) =>
    giteaPullRequests({ http, baseUrl: fake.url, token, repository, integrationId: null });
  const [token, readingToken] = [fake.addToken("culprit"), fake.addToken("reader", { isReadOnly: true })];
  let count = 0;
  return {
    stage: async () => {
      const at = makeRepository();
      const repository = fake.addGitRepository("acme", `shop-${++count}`, at.bare);
      const forges = { forge: open(token, repository.fullName), readingForge: open(readingToken, repository.fullName) };
      return stageOf(repository, at, forges);
    },
    faults: () => fake.faults,
    close: () => fake.close(),
  };
});

describePullRequestForge("GitLab", async () => {
  const fake = await startFakeGitLab();
  const open = (token: string, repository: string) =>
    gitlabPullRequests({ http, baseUrl: fake.url, token, repository, integrationId: null });
  const [token, readingToken] = [fake.addToken("culprit"), fake.addToken("reader", { isReadOnly: true })];
  let count = 0;
  return {
    stage: async () => {
      const at = makeRepository();
      const repository = fake.addGitRepository("acme/team", `shop-${++count}`, at.bare);
      const forges = { forge: open(token, repository.fullName), readingForge: open(readingToken, repository.fullName) };
      return stageOf(repository, at, forges);
    },
    faults: () => fake.faults,
    close: () => fake.close(),
  };
});
