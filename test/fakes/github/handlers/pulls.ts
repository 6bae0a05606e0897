import { Refusal } from "../../git/serve-forge.ts";
import { type Call, found, type Handler, repositoryOf, text, userOfCall } from "../call.ts";
import type { FakeIssue } from "../repository.ts";
import { commentShape, fileShape, filesOf, pullShape, reviewShape } from "../shapes.ts";

export const listPulls: Handler = (call) => {
  const repository = repositoryOf(call);
  const { state = "open", head, base } = call.query;
  const pulls = [...repository.issues.values()].filter(
    ({ pull, state: own }) =>
      pull !== null &&
      (state === "all" || own === state) &&
      (head === undefined || head === `${repository.owner}:${pull.head}`) &&
      (base === undefined || base === pull.base),
  );
  const shapes = pulls.reverse().map((pull) => pullShape("pull-request-simple", repository, pull, call));
  return { status: 200, body: shapes, isList: true };
};

export const createPull: Handler = (call) => {
  const repository = repositoryOf(call);
  const [head, base] = [text(call, "head"), text(call, "base")];
  if (!repository.branches.has(head) || !repository.branches.has(base)) throw new Refusal(422, "Validation Failed");
  const isThere = [...repository.issues.values()].some(({ pull, state }) => pull?.head === head && state === "open");
  if (isThere) throw new Refusal(422, `A pull request already exists for ${repository.owner}:${head}.`);
  const made = repository.openPullRequest({
    title: text(call, "title"),
    body: text(call, "body"),
    head,
    base,
    author: userOfCall(call),
    isDraft: call.body.draft === true,
  });
  return { status: 201, body: pullShape("pull-request", repository, made, call) };
};

export const getPull: Handler = (call) => ({
  status: 200,
  body: pullShape("pull-request", repositoryOf(call), pullAt(call), call),
});

export const updatePull: Handler = (call) => {
  const issue = pullAt(call);
  if (typeof call.body.title === "string") issue.title = call.body.title;
  if (typeof call.body.body === "string") issue.body = call.body.body;
  if (call.body.state === "open" || call.body.state === "closed") {
    if (issue.pull?.mergedAt !== null) throw new Refusal(422, "Validation Failed");
    issue.state = call.body.state;
    issue.closedAt = issue.state === "closed" ? repositoryOf(call).now() : null;
  }
  return { status: 200, body: pullShape("pull-request", repositoryOf(call), issue, call) };
};

/** Who is no collaborator, and the author himself, can't be asked; one of them refuses the whole call. */
export const requestReviewers: Handler = (call) => {
  const repository = repositoryOf(call);
  const issue = pullAt(call);
  const asked = Array.isArray(call.body.reviewers) ? call.body.reviewers.map(String) : [];
  if (asked.includes(issue.author.login))
    throw new Refusal(422, "Review cannot be requested from pull request author.");
  if (asked.some((login) => !repository.collaborators.has(login)))
    throw new Refusal(422, "Reviews may only be requested from collaborators.");
  for (const login of asked) issue.reviewers.add(login);
  const teams = Array.isArray(call.body.team_reviewers) ? call.body.team_reviewers.map(String) : [];
  for (const team of teams) issue.reviewers.add(`${repository.owner}/${team}`);
  return { status: 201, body: pullShape("pull-request-simple", repository, issue, call) };
};

export const listFiles: Handler = (call) => {
  const { pull } = pullAt(call);
  const files = pull === null ? [] : filesOf(repositoryOf(call), pull);
  return { status: 200, body: files.map((file) => fileShape(file, call)), isList: true };
};

export const listReviews: Handler = (call) => {
  const { number } = pullAt(call);
  const repository = repositoryOf(call);
  const reviews = repository.reviews.filter((review) => review.pull === number);
  return { status: 200, body: reviews.map((review) => reviewShape(repository, review, call)), isList: true };
};

export const listReviewComments: Handler = (call) => {
  const { number } = pullAt(call);
  const repository = repositoryOf(call);
  const comments = [...repository.comments.values()].filter(({ issue, path }) => issue === number && path !== null);
  return { status: 200, body: comments.map((comment) => commentShape(repository, comment, call)), isList: true };
};

function pullAt(call: Call): FakeIssue {
  const issue = found(repositoryOf(call).issues.get(Number(call.path.pull_number)));
  found(issue.pull);
  return issue;
}
