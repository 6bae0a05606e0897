import { Refusal } from "../../git/serve-forge.ts";
import { type Call, found, type Handler, repositoryOf, text, userOfCall } from "../call.ts";
import { fill } from "../least-value.ts";
import type { FakeCheck } from "../repository.ts";
import { checkShape, releaseShape, repositoryShape, statusShape } from "../shapes.ts";
import type { FakeApp } from "../state.ts";

export const listChecks: Handler = (call) => {
  const repository = repositoryOf(call);
  const sha = found(repository.resolve(call.path.ref ?? ""));
  const { check_name: name, app_id: appId } = call.query;
  const checks = repository.checks.filter(
    (check) =>
      check.sha === sha &&
      (name === undefined || check.name === name) &&
      (appId === undefined || check.appId === Number(appId)),
  );
  const shapes = checks.map((check) => checkShape(repository, check, found(call.state.apps.get(check.appId)), call));
  return { status: 200, body: { total_count: shapes.length, check_runs: shapes } };
};

export const createCheck: Handler = (call) => {
  const repository = repositoryOf(call);
  const app = appOf(call);
  const sha = found(repository.resolve(text(call, "head_sha")));
  const check: FakeCheck = {
    id: repository.nextId(),
    name: text(call, "name"),
    sha,
    appId: app.id,
    status: "queued",
    conclusion: null,
    output: { title: "", summary: "" },
  };
  repository.checks.push(check);
  write(check, call);
  return { status: 201, body: checkShape(repository, check, app, call) };
};

export const updateCheck: Handler = (call) => {
  const repository = repositoryOf(call);
  const app = appOf(call);
  const check = found(repository.checks.find(({ id }) => id === Number(call.path.check_run_id)));
  if (check.appId !== app.id) throw new Refusal(403, "Invalid app_id");
  write(check, call);
  return { status: 200, body: checkShape(repository, check, app, call) };
};

export const combinedStatus: Handler = (call) => {
  const repository = repositoryOf(call);
  const sha = found(repository.resolve(call.path.ref ?? ""));
  // Of each context the newest counts.
  const newest = new Map(repository.statuses.filter((status) => status.sha === sha).map((one) => [one.context, one]));
  const states = [...newest.values()].map(({ state }) => state);
  const isBad = states.some((state) => state === "failure" || state === "error");
  const url = `${call.apiUrl}/repos/${repository.fullName}/commits/${sha}/status`;
  const body = fill("combined-commit-status", {
    sha,
    url,
    commit_url: url,
    state: isBad
      ? "failure"
      : states.length > 0 && states.every((state) => state === "success")
        ? "success"
        : "pending",
    total_count: newest.size,
    statuses: [...newest.values()].map((status) =>
      fill("simple-commit-status", { ...status, target_url: status.targetUrl, url, avatar_url: null }),
    ),
    repository: repositoryShape("minimal-repository", repository, call),
  });
  return { status: 200, body };
};

export const createStatus: Handler = (call) => {
  const repository = repositoryOf(call);
  const sha = found(repository.commits.get(call.path.sha ?? "")).sha;
  if (text(call, "description").length > 140)
    throw new Refusal(422, "description is too long (maximum is 140 characters)");
  const status = {
    id: repository.nextId(),
    sha,
    context: text(call, "context") || "default",
    state: text(call, "state"),
    description: text(call, "description") || null,
    targetUrl: text(call, "target_url") || null,
  };
  repository.statuses.push(status);
  return { status: 201, body: statusShape(status, call, userOfCall(call)) };
};

export const listReleases: Handler = (call) => {
  const repository = repositoryOf(call);
  const shapes = [...repository.releases].reverse().map((release) => releaseShape(repository, release, call));
  return { status: 200, body: shapes, isList: true };
};

export const createRelease: Handler = (call) => {
  const repository = repositoryOf(call);
  const isDraft = call.body.draft === true;
  const tag = text(call, "tag_name");
  if (!isDraft && repository.releases.some((release) => release.tag === tag && !release.isDraft)) {
    throw new Refusal(422, "Validation Failed: tag_name already_exists");
  }
  const release = {
    id: repository.nextId(),
    tag,
    name: text(call, "name"),
    body: text(call, "body"),
    isDraft,
    author: userOfCall(call),
  };
  repository.releases.push(release);
  if (!isDraft && !repository.tags.has(tag))
    repository.tags.set(tag, found(repository.branches.get(repository.defaultBranch)));
  return { status: 201, body: releaseShape(repository, release, call) };
};

export const releaseByTag: Handler = (call) => {
  const repository = repositoryOf(call);
  const release = found(repository.releases.find(({ tag, isDraft }) => tag === call.path.tag && !isDraft));
  return { status: 200, body: releaseShape(repository, release, call) };
};

/** Checks are written by apps alone. */
function appOf({ identity }: Call): FakeApp {
  if (identity.kind !== "installation") throw new Refusal(403, "You must authenticate via a GitHub App.");
  return identity.app;
}

function write(check: FakeCheck, call: Call): void {
  if (typeof call.body.status === "string") check.status = call.body.status;
  if (typeof call.body.conclusion === "string") {
    check.conclusion = call.body.conclusion;
    check.status = "completed";
  }
  if (typeof call.body.output === "object" && call.body.output !== null) {
    check.output = { ...check.output, ...(call.body.output as { title: string; summary: string }) };
  }
}
