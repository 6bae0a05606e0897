import { matchesPath } from "../change/match-pattern.ts";
import { commitEvidence, type Inspected } from "./context.ts";
import type { Finding } from "./finding.ts";

/**
 * In a repository that several services share: a commit that touches none of the service's own paths, and nothing that its failing code
 * runs through, came with the deployment without concerning it.
 */
export function ownPaths({ world, candidates, touches }: Inspected): Finding[] {
  if (world.ownPaths.length === 0) return [];
  const concerned = new Set([
    ...world.frames.flatMap(({ path }) => path ?? []),
    ...world.regions.map(({ path }) => path),
  ]);
  const touching = new Set(touches.map(({ sha }) => sha));
  return candidates.flatMap((commit): Finding[] => {
    const paths = commit.files.flatMap((file) => file.newPath ?? file.oldPath ?? []);
    const isOwn = paths.some(
      (path) => concerned.has(path) || world.ownPaths.some((pattern) => matchesPath(pattern, path)),
    );
    if (isOwn || paths.length === 0 || touching.has(commit.sha)) return [];
    return [
      {
        inspection: "own_paths",
        subject: { kind: "commit", sha: commit.sha },
        weight: -1.5,
        text: `it touches nothing of the service's own paths (${world.ownPaths.slice(0, 3).join(", ")})`,
        evidence: commitEvidence(commit),
      },
    ];
  });
}
