import { execFileSync } from "node:child_process";
import { Refusal } from "../git/serve-forge.ts";
import type { TokenAnswer } from "../git/token-forge.ts";
import type { FakeIssue, FakeRepository } from "../github/repository.ts";
import { issueShape, mergeRequestShape, noteShape, userShape } from "./shapes.ts";
import type { Call } from "./state.ts";

const ok = (body: unknown): TokenAnswer => ({ status: 200, body });

/** What each operation does with the repositories of the fake. */
export const handlers: Readonly<Record<string, (call: Call) => TokenAnswer>> = {
  "GET /user": (call) => {
    const email = `${call.who.login}@example.org`;
    return ok({ ...userShape(call, call.who.login), email, commit_email: email, public_email: "" });
  },
  "GET /users": (call) => {
    const { username, search } = call.query;
    // Everybody that the repositories know; the local part of an address is the name here, as in the other fakes.
    const known = new Set(
      [...call.state.repositories.values()].flatMap((repository) => [
        ...repository.collaborators.keys(),
        ...[...repository.commits.values()].map(({ author }) => author),
      ]),
    );
    const wanted = (username ?? search?.split("@")[0] ?? "").toLowerCase();
    return ok([...known].filter((one) => one.toLowerCase() === wanted).map((one) => userShape(call, one)));
  },
  "GET /projects/{id}": (call) => {
    const { id, name, fullName, defaultBranch } = repositoryOf(call);
    const level = call.who.isReadOnly ? 20 : 30;
    return ok({
      ...{ id, name, path_with_namespace: fullName, web_url: `${call.webUrl}/${fullName}` },
      default_branch: defaultBranch,
      permissions: { project_access: { access_level: level, notification_level: 3 }, group_access: null },
    });
  },
  "GET /projects/{id}/merge_requests": (call) => {
    const { state = "all", source_branch: branch } = call.query;
    const shapes = pullsOf(repositoryOf(call))
      .reverse()
      .filter(({ pull }) => branch === undefined || pull?.head === branch)
      .map((pull) => mergeRequestShape(call, repositoryOf(call), pull));
    return ok(shapes.filter((shape) => state === "all" || shape.state === state));
  },
  "POST /projects/{id}/merge_requests": (call) => {
    const repository = repositoryOf(call);
    const [head, base] = [text(call, "source_branch"), text(call, "target_branch")];
    if (!repository.branches.has(head)) throw new Refusal(400, `Source branch "${head}" does not exist`);
    if (!repository.branches.has(base)) throw new Refusal(400, `Target branch "${base}" does not exist`);
    const standing = pullsOf(repository).find(({ pull, state }) => pull?.head === head && state === "open");
    if (standing !== undefined)
      throw new Refusal(409, `Another open merge request already exists for this source branch: !${standing.number}`);
    const made = repository.openPullRequest({
      ...{ title: text(call, "title"), body: described(call), head, base, author: call.who.login },
      isDraft: text(call, "title").startsWith("Draft: "),
    });
    return { status: 201, body: mergeRequestShape(call, repository, made) };
  },
  "GET /projects/{id}/merge_requests/{iid}": (call) => ok(mergeRequestShape(call, repositoryOf(call), pullAt(call))),
  "PUT /projects/{id}/merge_requests/{iid}": (call) => {
    const repository = repositoryOf(call);
    const pull = pullAt(call);
    if (call.body.state_event === "close" && pull.state === "open") {
      pull.state = "closed";
      pull.closedAt = repository.now();
    }
    for (const label of text(call, "add_labels").split(",").filter(Boolean)) pull.labels.add(label);
    if (Array.isArray(call.body.reviewer_ids)) {
      const names = call.body.reviewer_ids.map((id) => call.state.users[Number(id) - 1] ?? "");
      // Who may not read the project is passed over in silence.
      const allowed = names.filter((name) => repository.collaborators.has(name));
      pull.reviewers.clear();
      for (const name of allowed) pull.reviewers.add(name);
    }
    return ok(mergeRequestShape(call, repository, pull));
  },
  "GET /projects/{id}/merge_requests/{iid}/diffs": (call) => ok(diffsOf(repositoryOf(call), pullAt(call))),
  "GET /projects/{id}/merge_requests/{iid}/reviewers": (call) => {
    const pull = pullAt(call);
    const states = lastReviews(repositoryOf(call), pull);
    // Who says something becomes a reviewer.
    const names = new Set([...pull.reviewers, ...states.keys()]);
    return ok(
      [...names].map((name) => ({
        user: userShape(call, name),
        state: reviewWords[states.get(name) ?? ""] ?? "unreviewed",
        created_at: pull.createdAt,
      })),
    );
  },
  "GET /projects/{id}/merge_requests/{iid}/approvals": (call) => {
    const pull = pullAt(call);
    const approved = [...lastReviews(repositoryOf(call), pull)].filter(([, state]) => state === "APPROVED");
    return ok({
      ...{ id: pull.number, iid: pull.number, project_id: repositoryOf(call).id },
      approved_by: approved.map(([name]) => ({ user: userShape(call, name) })),
    });
  },
  "GET /projects/{id}/merge_requests/{iid}/notes": (call) => {
    const own = [...repositoryOf(call).comments.values()].filter(({ issue }) => issue === pullAt(call).number);
    return ok((call.query.sort === "asc" ? own : own.reverse()).map((comment) => noteShape(call, comment)));
  },
  "POST /projects/{id}/merge_requests/{iid}/notes": (call) => {
    refuseQuickActions(text(call, "body"));
    const comment = repositoryOf(call).comment(pullAt(call).number, text(call, "body"), call.who.login);
    return { status: 201, body: noteShape(call, comment) };
  },
  "GET /projects/{id}/repository/commits/{sha}": (call) => {
    const found = repositoryOf(call).commits.get(call.path.sha ?? "");
    if (found === undefined) throw new Refusal(404, "404 Commit Not Found");
    return ok({
      ...{ id: found.sha, short_id: found.sha.slice(0, 8), message: found.message, parent_ids: found.parents },
      ...{ title: found.message.split("\n")[0], author_name: found.author, authored_date: found.date },
      author_email: `${found.author}@example.org`,
    });
  },
  "GET /projects/{id}/repository/commits/{sha}/statuses": (call) => {
    const repository = repositoryOf(call);
    const own = repository.statuses.filter(({ sha }) => sha === call.path.sha);
    const newest = [...new Map(own.map((status) => [status.context, status])).values()];
    return ok(
      newest.map(({ id, sha, context: name, state, description, targetUrl: target_url }) => ({
        ...{ id, sha, name, description, target_url, ref: repository.defaultBranch, allow_failure: false },
        ...{ status: state === "failure" ? "failed" : state, created_at: repository.now() },
      })),
    );
  },
  "GET /projects/{id}/issues": (call) => {
    const { scope = "all", state = "all" } = call.query;
    const own = [...repositoryOf(call).issues.values()].filter(
      ({ pull, author }) => pull === null && (scope !== "created_by_me" || author.login === call.who.login),
    );
    const shapes = own.reverse().map((issue) => issueShape(call, repositoryOf(call), issue));
    return ok(shapes.filter((shape) => state === "all" || shape.state === state));
  },
  "POST /projects/{id}/issues": (call) => {
    const repository = repositoryOf(call);
    const made = repository.openIssue({
      ...{ title: text(call, "title"), body: described(call), author: call.who.login },
      labels: text(call, "labels").split(",").filter(Boolean),
    });
    return { status: 201, body: issueShape(call, repository, made) };
  },
};

const reviewWords: Readonly<Record<string, string>> = {
  APPROVED: "approved",
  CHANGES_REQUESTED: "requested_changes",
  COMMENTED: "reviewed",
};

function lastReviews(repository: FakeRepository, { number }: FakeIssue): ReadonlyMap<string, string> {
  const own = repository.reviews.filter(({ pull }) => pull === number);
  return new Map(own.map(({ author, state }) => [author.login, state]));
}

function diffsOf(repository: FakeRepository, { pull }: FakeIssue): object[] {
  const args = ["--git-dir", repository.bare?.gitDir ?? "", "diff", "-M", `${pull?.baseSha}...${pull?.headSha}`];
  const all = execFileSync("git", args, { encoding: "utf8" });
  return all.split(/^(?=diff --git )/m).flatMap((part) => {
    const [, oldPath = "", newPath = ""] = /^diff --git a\/(.+) b\/(.+)$/m.exec(part) ?? [];
    const hunks = part.search(/^@@ /m);
    return newPath === ""
      ? []
      : [
          {
            ...{ old_path: oldPath, new_path: newPath, a_mode: "100644", b_mode: "100644" },
            ...{ diff: hunks < 0 ? "" : part.slice(hunks), new_file: /^new file/m.test(part) },
            ...{ renamed_file: oldPath !== newPath, deleted_file: /^deleted file/m.test(part) },
            ...{ collapsed: false, too_large: false },
          },
        ];
  });
}

function repositoryOf({ state, path }: Call): FakeRepository {
  const found = state.repositories.get((path.id ?? "").toLowerCase());
  if (found === undefined) throw new Refusal(404, "404 Project Not Found");
  return found;
}

function pullsOf(repository: FakeRepository): FakeIssue[] {
  return [...repository.issues.values()].filter(({ pull }) => pull !== null);
}

function pullAt(call: Call): FakeIssue {
  const found = repositoryOf(call).issues.get(Number(call.path.iid));
  if (found?.pull == null) throw new Refusal(404, "404 Not found");
  return found;
}

function described(call: Call): string {
  refuseQuickActions(text(call, "description"));
  return text(call, "description");
}

/** GitLab would carry these out; https://docs.gitlab.com/user/project/quick_actions. */
function refuseQuickActions(written: string): void {
  if (/^[>\s]*\/[a-z_]/im.test(written)) throw new Error(`GitLab would take an order from ${written.slice(0, 200)}`);
}

function text({ body }: Call, field: string): string {
  const value = body[field];
  return typeof value === "string" ? value : "";
}
