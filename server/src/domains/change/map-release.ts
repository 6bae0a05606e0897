import type { NamedRevision } from "../../analysis/change/service-identity.ts";
import { commitFromRelease } from "../../analysis/signal/index.ts";
import type { ProjectRepository } from "./open-project-repository.ts";
import type { GitRepository } from "./ports.ts";

/** May never blame. */
const guess = 0.4;

/** How a revision's commit is known, and how sure that is. */
export interface CommitMapping {
  readonly commitSha: string | null;
  readonly confidence: number;
  readonly source:
    | "reported_commit"
    | "signal_commit"
    | "release_commit"
    | "release_tag"
    | "oci_label"
    | "annotation"
    | "gitops_commit"
    | "image_tag"
    | "unknown";
}

export interface RevisionNames {
  readonly commitSha: string | null;
  readonly release: string | null;
  readonly imageRef: string | null;
  readonly origin: "reported" | "observed";
  /** What the workload in the cluster says of itself. */
  readonly workload?: NamedRevision | null;
}

/** Names of tags that a release may mean, likeliest first: `shop@1.2.0+7` is tagged `1.2.0+7`, `v1.2.0`, `shop-1.2.0`… */
export function tagsOfRelease(release: string): string[] {
  const at = release.lastIndexOf("@");
  const version = at >= 0 ? release.slice(at + 1) : release;
  const name = at > 0 ? release.slice(0, at).split("/").at(-1) : undefined;
  const bare = version.replace(/\+.*$/, "");
  const names = [
    release,
    version,
    `v${version}`,
    bare,
    `v${bare}`,
    ...(name === undefined
      ? []
      : [`${name}-${version}`, `${name}/${version}`, `${name}-v${version}`, `${name}@${bare}`]),
  ];
  return [...new Set(names)].filter((tag) => tag !== "");
}

/** What the names alone tell, without looking into a repository. */
export function mapNames(names: Pick<RevisionNames, "commitSha" | "release" | "origin">): CommitMapping {
  if (names.commitSha !== null) {
    return names.origin === "reported"
      ? { commitSha: names.commitSha, confidence: 1, source: "reported_commit" }
      : { commitSha: names.commitSha, confidence: 0.9, source: "signal_commit" };
  }
  const commitSha = commitFromRelease(names.release);
  if (commitSha !== null) return { commitSha, confidence: 0.9, source: "release_commit" };
  return { commitSha: null, confidence: 0, source: "unknown" };
}

/**
 * The commit behind a deployment's names. A reported commit is certain; a release is looked up as a commit or tag of the
 * repository; an image tag that looks like one is a guess that may never blame. May fetch: not inside a transaction.
 */
export async function mapRelease(git: GitRepository | null, names: RevisionNames): Promise<CommitMapping> {
  const stated = mapNames(names);
  if (stated.commitSha !== null) return stated;
  if (git !== null && names.release !== null) {
    const sha = await resolveName(git, names.release);
    if (sha !== null) return { commitSha: sha, confidence: 0.85, source: "release_tag" };
  }
  const told = names.workload ?? null;
  if (told !== null && told.revision !== null && told.source !== "unknown") {
    const { revision, confidence, source } = told;
    if (/^([0-9a-f]{40}|[0-9a-f]{64})$/i.test(revision))
      return { commitSha: revision.toLowerCase(), confidence, source };
    const sha = git === null ? null : await resolveName(git, revision);
    if (sha !== null) return { commitSha: sha, confidence, source };
  }
  const imageTag = /:([\w][\w.-]{0,127})$/.exec(names.imageRef ?? "")?.[1];
  if (git !== null && imageTag !== undefined && imageTag !== "latest") {
    const sha = await resolveName(git, imageTag);
    if (sha !== null) return { commitSha: sha, confidence: guess, source: "image_tag" };
  }
  return { commitSha: null, confidence: 0, source: "unknown" };
}

/** What any of these repositories tells of the names, the service's own first. Where others contradict each other, it is a guess. */
export async function mapReleaseAmong(
  repositories: readonly ProjectRepository[],
  own: ProjectRepository | null,
  names: RevisionNames,
): Promise<CommitMapping> {
  const unknown: CommitMapping = { commitSha: null, confidence: 0, source: "unknown" };
  // Work goes on without a repository that can't be read.
  const ask = (git: GitRepository | null) => mapRelease(git, names).catch(() => unknown);
  const first = await ask(own?.git ?? null);
  if (first.commitSha !== null) return first;
  const others = await Promise.all(repositories.filter((one) => one !== own).map(({ git }) => ask(git)));
  const [best = unknown, ...rest] = others.toSorted((a, b) => b.confidence - a.confidence);
  const isContradicted = rest.some(
    ({ commitSha, confidence }) => confidence === best.confidence && commitSha !== best.commitSha,
  );
  return isContradicted ? { ...best, confidence: Math.min(best.confidence, guess) } : best;
}

async function resolveName(git: GitRepository, name: string): Promise<string | null> {
  const revisions = tagsOfRelease(name).map((tag) => (/^[0-9a-f]{7,40}$/.test(tag) ? tag : `refs/tags/${tag}`));
  const here = async () => {
    for (const revision of revisions) {
      const sha = await git.resolveCommit(revision, { isLocal: true });
      if (sha !== null) return sha;
    }
    return null;
  };
  const known = await here();
  if (known !== null) return known;
  // One fetch brings all tags.
  await git.resolveCommit(revisions[0] ?? name);
  return here();
}
