import { changeSubstance } from "../blame/change-substance.ts";
import { namesOf } from "../blame/source-context.ts";
import type { World, WorldCommit } from "../world/world.ts";
import { commitEvidence, type Inspected, isCodePath } from "./context.ts";
import type { Finding } from "./finding.ts";

const closeEnough = 0.9;

/**
 * Commits whose changed code speaks of the same things as the failing line and the lines that feed it, where few others do:
 * who changes the shape of what is stored never touches the code that reads it.
 */
export function sharedNames({ world, candidates }: Inspected): Finding[] {
  const names = namesAtFailure(world);
  if (names.size === 0) return [];
  const changed = candidates.map((commit) => ({ commit, ...changedNames(commit, names) }));
  const holders = new Map<string, number>();
  for (const { found } of changed) for (const name of found) holders.set(name, (holders.get(name) ?? 0) + 1);
  return changed.flatMap(({ commit, found, paths }): Finding[] => {
    const rare = [...found]
      .filter((name) => (holders.get(name) ?? 0) <= 2)
      .sort((a, b) => (holders.get(a) ?? 0) - (holders.get(b) ?? 0));
    const [first] = rare;
    if (first === undefined) return [];
    const weight = (holders.get(first) === 1 ? 1.5 : 0.9) + Math.min(0.5, 0.25 * (rare.length - 1));
    return [
      {
        inspection: "shared_names",
        subject: { kind: "commit", sha: commit.sha },
        weight,
        text: `it changes code that uses ${rare
          .slice(0, 3)
          .map((name) => `\`${name}\``)
          .join(
            ", ",
          )}, as the failing line does, and ${holders.get(first) === 1 ? "no other commit" : "one other commit"} of the deployment does`,
        evidence: commitEvidence(commit, paths),
        cause: "release",
      },
    ];
  });
}

/** Names on the failing line and the lines that feed it; own variables say little, what is read of objects says more. */
function namesAtFailure(world: World): Set<string> {
  const found = new Set<string>();
  for (const region of world.regions) {
    if (
      (region.kind !== "line" && region.kind !== "feeding") ||
      region.weight < closeEnough ||
      region.last - region.first > 3
    )
      continue;
    const lines =
      world.sources
        .get(region.path)
        ?.split("\n")
        .slice(region.first - 1, region.last) ?? [];
    for (const line of lines) {
      const properties = [...line.matchAll(/\??\.([A-Za-z_$][\w$]*)/g)].map((match) => match[1] ?? "");
      for (const name of properties) if (name.length > 3 && namesOf(name).length > 0) found.add(name);
    }
  }
  return found;
}

function changedNames(commit: WorldCommit, names: ReadonlySet<string>): { found: Set<string>; paths: string[] } {
  const found = new Set<string>();
  const paths: string[] = [];
  const substance = changeSubstance(commit.files);
  for (const file of commit.files) {
    const path = file.newPath ?? file.oldPath ?? "";
    if (!isCodePath(path) || file.isBinary) continue;
    for (const line of file.hunks.flatMap((hunk) => hunk.lines)) {
      if (line.kind === "context" || line.text.length > 2000 || substance.isCosmetic(line)) continue;
      for (const token of namesOf(line.text)) {
        if (!names.has(token)) continue;
        found.add(token);
        paths.push(path);
      }
    }
  }
  return { found, paths: [...new Set(paths)] };
}
