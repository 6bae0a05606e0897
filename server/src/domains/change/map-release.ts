import { commitFromRelease } from "../../analysis/signal/index.ts";
import type { GitRepository } from "./ports.ts";

/** How a revision's commit is known, and how sure that is (DESIGN section 3). */
export interface CommitMapping {
  readonly commitSha: string | null;
  readonly confidence: number;
  readonly source: "reported_commit" | "signal_commit" | "release_commit" | "release_tag" | "image_tag" | "unknown";
}

export interface RevisionNames {
  readonly commitSha: string | null;
  readonly release: string | null;
  readonly imageRef: string | null;
  readonly origin: "reported" | "observed";
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
    for (const tag of tagsOfRelease(names.release)) {
      const isShortId = /^[0-9a-f]{7,39}$/.test(tag);
      const sha = await git.resolveCommit(isShortId ? tag : `refs/tags/${tag}`);
      if (sha !== null) return { commitSha: sha, confidence: 0.85, source: "release_tag" };
    }
  }
  const imageTag = /:([\w][\w.-]{0,127})$/.exec(names.imageRef ?? "")?.[1];
  if (git !== null && imageTag !== undefined && imageTag !== "latest") {
    for (const tag of tagsOfRelease(imageTag)) {
      const sha = await git.resolveCommit(/^[0-9a-f]{7,40}$/.test(tag) ? tag : `refs/tags/${tag}`);
      if (sha !== null) return { commitSha: sha, confidence: 0.4, source: "image_tag" };
    }
  }
  return { commitSha: null, confidence: 0, source: "unknown" };
}
