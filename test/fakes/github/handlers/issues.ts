import { Refusal } from "../../git/serve-forge.ts";
import { type Call, found, type Handler, repositoryOf, text, userOfCall } from "../call.ts";
import { fill } from "../least-value.ts";
import type { FakeComment } from "../repository.ts";
import { commentShape, issueShape, userShape } from "../shapes.ts";

export const listIssues: Handler = (call) => {
  const repository = repositoryOf(call);
  const { state = "open", sort = "created", direction = "desc", since, labels } = call.query;
  const wanted = labels?.split(",") ?? [];
  const key = sort === "updated" ? "updatedAt" : "createdAt";
  const issues = [...repository.issues.values()]
    .filter((issue) => state === "all" || issue.state === state)
    .filter((issue) => since === undefined || issue.updatedAt >= since)
    .filter((issue) => wanted.every((label) => issue.labels.has(label)))
    .sort((a, b) => (a[key] === b[key] ? a.number - b.number : a[key] < b[key] ? -1 : 1));
  if (direction === "desc") issues.reverse();
  return { status: 200, body: issues.map((issue) => issueShape(repository, issue, call)), isList: true };
};

export const createIssue: Handler = (call) => {
  const repository = repositoryOf(call);
  const made = repository.openIssue({
    title: text(call, "title"),
    body: text(call, "body"),
    author: userOfCall(call),
    labels: names(call.body.labels),
    assignees: names(call.body.assignees),
  });
  return { status: 201, body: issueShape(repository, made, call) };
};

export const updateIssue: Handler = (call) => {
  const repository = repositoryOf(call);
  const issue = found(repository.issues.get(Number(call.path.issue_number)));
  if (typeof call.body.title === "string") issue.title = call.body.title;
  if (typeof call.body.body === "string") issue.body = call.body.body;
  if (call.body.state === "open" || call.body.state === "closed") issue.state = call.body.state;
  if (typeof call.body.state_reason === "string") issue.stateReason = call.body.state_reason;
  issue.updatedAt = repository.now();
  issue.closedAt = issue.state === "closed" ? issue.updatedAt : null;
  return { status: 200, body: issueShape(repository, issue, call) };
};

export const listComments: Handler = (call) => {
  const repository = repositoryOf(call);
  const { number } = found(repository.issues.get(Number(call.path.issue_number)));
  const comments = [...repository.comments.values()].filter(({ issue, path }) => issue === number && path === null);
  return { status: 200, body: comments.map((comment) => commentShape(repository, comment, call)), isList: true };
};

export const createComment: Handler = (call) => {
  const repository = repositoryOf(call);
  const { number } = found(repository.issues.get(Number(call.path.issue_number)));
  if (text(call, "body").length > 65_536) throw new Refusal(422, "body is too long (maximum is 65536 characters)");
  return {
    status: 201,
    body: commentShape(repository, repository.comment(number, text(call, "body"), userOfCall(call)), call),
  };
};

/** A comment of the conversation (`isOfCode` false) or of the code. */
export const updateComment =
  (isOfCode: boolean): Handler =>
  (call) => {
    const comment = commentAt(call, isOfCode);
    if (comment.author.login !== userOfCall(call).login)
      throw new Refusal(403, "Must have admin rights to Repository.");
    comment.body = text(call, "body");
    return { status: 200, body: commentShape(repositoryOf(call), comment, call) };
  };

export const react =
  (isOfCode: boolean): Handler =>
  (call) => {
    const repository = repositoryOf(call);
    const { id } = commentAt(call, isOfCode);
    const user = userOfCall(call);
    const reaction = { comment: id, content: text(call, "content"), author: user.login };
    const known = repository.reactions.some((other) => JSON.stringify(other) === JSON.stringify(reaction));
    if (!known) repository.reactions.push(reaction);
    const shape = fill("reaction", { id, content: reaction.content, user: userShape(user, call) });
    return { status: known ? 200 : 201, body: shape };
  };

export const addLabels: Handler = (call) => {
  const { labels } = found(repositoryOf(call).issues.get(Number(call.path.issue_number)));
  for (const label of names(call.body.labels)) labels.add(label);
  return { status: 200, body: labelShapes(labels, call) };
};

export const removeLabel: Handler = (call) => {
  const { labels } = found(repositoryOf(call).issues.get(Number(call.path.issue_number)));
  if (!labels.delete(call.path.name ?? "")) throw new Refusal(404, "Label does not exist");
  return { status: 200, body: labelShapes(labels, call) };
};

function commentAt(call: Call, isOfCode: boolean): FakeComment {
  const comment = found(repositoryOf(call).comments.get(Number(call.path.comment_id)));
  return found((comment.path !== null) === isOfCode ? comment : null);
}

function labelShapes(labels: ReadonlySet<string>, { apiUrl }: Call): object[] {
  return [...labels].map((name) => fill("label", { name, url: `${apiUrl}/labels/${encodeURIComponent(name)}` }));
}

function names(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((name) => typeof name === "string") : [];
}
