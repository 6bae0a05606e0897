import { createHash } from "node:crypto";
import { Refusal } from "../../git/serve-forge.ts";
import { type Call, found, type Handler, repositoryOf, text, userOfCall } from "../call.ts";
import { diffTrees } from "../diff-trees.ts";
import { fill } from "../least-value.ts";
import { commitShape, fileShape, pullShape, repositoryShape } from "../shapes.ts";

export const getContents: Handler = (call) => {
  const repository = repositoryOf(call);
  const sha = found(repository.resolve(call.query.ref ?? repository.defaultBranch));
  const tree = repository.treeAt(sha);
  const path = call.path.path ?? "";
  const content = tree.get(path);
  if (content !== undefined) {
    const encoded = Buffer.from(content)
      .toString("base64")
      .replace(/(.{60})/g, "$1\n");
    const facts = { ...entryShape(call, "file", path, content), encoding: "base64", content: encoded };
    return { status: 200, body: fill("content-file", facts) };
  }
  const below = [...tree].filter(([name]) => path === "" || name.startsWith(`${path}/`));
  if (below.length === 0) throw new Refusal(404, "Not Found");
  const entries = new Map<string, object>();
  for (const [name, value] of below) {
    const rest = path === "" ? name : name.slice(path.length + 1);
    const [first = "", ...deeper] = rest.split("/");
    const full = path === "" ? first : `${path}/${first}`;
    entries.set(full, entryShape(call, deeper.length === 0 ? "file" : "dir", full, deeper.length === 0 ? value : ""));
  }
  return { status: 200, body: [...entries.values()] };
};

export const putContents: Handler = (call) => {
  const repository = repositoryOf(call);
  const branch = text(call, "branch") || repository.defaultBranch;
  const before = repository.treeAt(found(repository.branches.get(branch)));
  const path = call.path.path ?? "";
  const old = before.get(path);
  if (old !== undefined && call.body.sha !== blobOf(old)) {
    throw new Refusal(call.body.sha === undefined ? 422 : 409, `${path} does not match ${blobOf(old)}`);
  }
  const content = Buffer.from(text(call, "content"), "base64").toString("utf8");
  const message = text(call, "message");
  const sha = repository.commit(branch, { [path]: content }, { message, author: userOfCall(call).login });
  const url = `${call.apiUrl}/repos/${repository.fullName}/git/commits/${sha}`;
  const commit = { sha, message, url, html_url: `${call.webUrl}/${repository.fullName}/commit/${sha}` };
  return {
    status: old === undefined ? 201 : 200,
    body: { content: entryShape(call, "file", path, content), commit },
  };
};

export const getRef: Handler = (call) => {
  const repository = repositoryOf(call);
  const ref = call.path.ref ?? "";
  const [kind, ...rest] = ref.split("/");
  const names = kind === "heads" ? repository.branches : kind === "tags" ? repository.tags : null;
  const sha = found(names?.get(rest.join("/")));
  return { status: 200, body: refShape(call, `refs/${ref}`, sha) };
};

export const createRef: Handler = (call) => {
  const repository = repositoryOf(call);
  const ref = text(call, "ref");
  const branch = /^refs\/heads\/(.+)$/.exec(ref)?.[1];
  if (branch === undefined || !repository.commits.has(text(call, "sha"))) throw new Refusal(422, "Validation Failed");
  if (repository.branches.has(branch)) throw new Refusal(422, "Reference already exists");
  repository.branches.set(branch, text(call, "sha"));
  return { status: 201, body: refShape(call, ref, text(call, "sha")) };
};

export const compare: Handler = (call) => {
  const repository = repositoryOf(call);
  const [from = "", to = ""] = (call.path.basehead ?? "").split("...");
  const [base, head] = [found(repository.resolve(from)), found(repository.resolve(to))];
  const known = new Set(repository.history(base));
  const ahead = repository.history(head).filter((sha) => !known.has(sha));
  const shapes = ahead.reverse().map((sha) => commitShape(repository, found(repository.commits.get(sha)), call));
  const baseCommit = commitShape(repository, found(repository.commits.get(base)), call);
  const page = Number(call.query.page ?? 1);
  const size = Number(call.query.per_page ?? 250);
  const files = diffTrees(repository.treeAt(base), repository.treeAt(head)).map((file) => fileShape(file, call));
  const url = `${call.apiUrl}/repos/${repository.fullName}/compare/${from}...${to}`;
  const body = fill("commit-comparison", {
    url,
    status: ahead.length === 0 ? "identical" : "ahead",
    ahead_by: ahead.length,
    total_commits: ahead.length,
    base_commit: baseCommit,
    merge_base_commit: baseCommit,
    commits: shapes.slice((page - 1) * size, page * size),
    files: page === 1 ? files : [],
  });
  return { status: 200, body };
};

export const pullsOfCommit: Handler = (call) => {
  const repository = repositoryOf(call);
  const sha = call.path.commit_sha ?? "";
  found(repository.commits.get(sha));
  const pulls = [...repository.issues.values()].filter(({ pull }) => {
    if (pull === null) return false;
    const own = repository.history(pull.headSha).filter((other) => !repository.history(pull.baseSha).includes(other));
    return pull.mergeSha === sha || own.includes(sha);
  });
  const shapes = pulls.map((pull) => pullShape("pull-request-simple", repository, pull, call));
  return { status: 200, body: shapes, isList: true };
};

export const getCommit: Handler = (call) => {
  const repository = repositoryOf(call);
  const sha = repository.resolve(call.path.ref ?? "");
  if (sha === undefined) throw new Refusal(422, `No commit found for SHA: ${call.path.ref}`);
  return { status: 200, body: commitShape(repository, found(repository.commits.get(sha)), call) };
};

export const listTags: Handler = (call) => {
  const repository = repositoryOf(call);
  const url = `${call.apiUrl}/repos/${repository.fullName}/tags`;
  const tags = [...repository.tags].reverse().map(([name, sha]) => fill("tag", { name, commit: { sha, url }, url }));
  return { status: 200, body: tags, isList: true };
};

export const getRepository: Handler = (call) => ({
  status: 200,
  body: repositoryShape("full-repository", repositoryOf(call), call),
});

function entryShape(call: Call, type: "file" | "dir", path: string, content: string): object {
  const url = `${call.apiUrl}/repos/${call.path.owner}/${call.path.repo}/contents/${path}`;
  const htmlUrl = `${call.webUrl}/${call.path.owner}/${call.path.repo}/blob/main/${path}`;
  return {
    type,
    path,
    name: path.split("/").at(-1),
    sha: blobOf(content),
    size: Buffer.byteLength(content),
    url,
    html_url: htmlUrl,
    git_url: url,
    download_url: type === "file" ? url : null,
    _links: { self: url, git: url, html: htmlUrl },
  };
}

function blobOf(content: string): string {
  return createHash("sha1")
    .update(`blob ${Buffer.byteLength(content)}\0${content}`)
    .digest("hex");
}

function refShape(call: Call, ref: string, sha: string): object {
  const url = `${call.apiUrl}/repos/${call.path.owner}/${call.path.repo}/git/${ref}`;
  return fill("git-ref", { ref, url, object: { type: "commit", sha, url } });
}
