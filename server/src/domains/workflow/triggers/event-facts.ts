/** What the matchers of a trigger compare with, each a list because an event can have several: labels, changed files. */
export interface EventFacts {
  readonly branch: readonly string[];
  readonly path: readonly string[];
  readonly environment: readonly string[];
  readonly service: readonly string[];
  readonly severity: readonly string[];
  readonly repository: readonly string[];
  readonly author: readonly string[];
  readonly label: readonly string[];
  readonly body: readonly string[];
  /** `issue` or `pull_request`. */
  readonly on: readonly string[];
}

/**
 * Where each is looked for in a payload: under Culprit's own name first, then where GitHub's payloads have it, in this order;
 * the first place that holds something counts. `a[].b` is b of every item.
 */
const places: Record<keyof EventFacts, readonly string[]> = {
  branch: ["branch", "pull_request.base.ref", "ref"],
  path: ["paths", "path", "comment.path"],
  environment: ["environment", "deployment.environment", "incident.environment"],
  service: ["service", "incident.service"],
  severity: ["severity", "incident.severity"],
  repository: ["repository", "repository.full_name"],
  author: [
    "author",
    "comment.user.login",
    "review.user.login",
    "pull_request.user.login",
    "issue.user.login",
    "sender.login",
  ],
  label: ["label", "label.name", "labels", "labels[].name", "pull_request.labels[].name", "issue.labels[].name"],
  body: ["body", "comment.body", "review.body", "pull_request.body", "issue.body", "head_commit.message"],
  on: ["subject_kind"],
};

/** What an event says of what triggers ask about. */
export function factsOf(type: string, payload: Readonly<Record<string, unknown>>): EventFacts {
  const facts = Object.fromEntries(
    Object.entries(places).map(([name, paths]) => [name, firstTexts(payload, paths)]),
  ) as Record<keyof EventFacts, readonly string[]>;
  return {
    ...facts,
    branch: facts.branch.map((ref) => ref.replace(/^refs\/(heads|tags)\//, "")),
    on: facts.on.length > 0 ? facts.on : subjectKindOf(type, payload),
  };
}

function firstTexts(payload: Readonly<Record<string, unknown>>, paths: readonly string[]): readonly string[] {
  for (const path of paths) {
    const found = textsAt(payload, path.split("."));
    if (found.length > 0) return found;
  }
  return [];
}

function textsAt(value: unknown, [key, ...rest]: readonly string[]): readonly string[] {
  if (key === undefined) {
    if (Array.isArray(value)) return value.filter((one) => typeof one === "string");
    return typeof value === "string" && value !== "" ? [value] : [];
  }
  if (typeof value !== "object" || value === null) return [];
  const name = key.replace("[]", "");
  const inner = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;
  if (!key.endsWith("[]")) return textsAt(inner, rest);
  return Array.isArray(inner) ? inner.flatMap((one) => textsAt(one, rest)) : [];
}

/** GitHub's `issue_comment` is about a pull request when the issue in it has that key. */
function subjectKindOf(type: string, payload: Readonly<Record<string, unknown>>): readonly string[] {
  if (type.startsWith("pull_request")) return ["pull_request"];
  if (type.startsWith("issues.")) return ["issue"];
  const { issue } = payload;
  if (typeof issue !== "object" || issue === null) return [];
  return ["pull_request" in issue ? "pull_request" : "issue"];
}
