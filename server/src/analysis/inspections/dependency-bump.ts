import { type DependencyBump, dependencyBumps } from "../world/dependency-bumps.ts";
import type { World } from "../world/world.ts";
import { atFailure, commitEvidence, type Inspected } from "./context.ts";
import type { Finding } from "./finding.ts";

/** Dependencies that the range bumps and that the failing code goes through or uses. */
export function dependencyBump({ world, candidates, outside }: Inspected): Finding[] {
  const throughPackages = packagesOfFrames(world);
  const text = world.incident.exceptions.map(({ type, message }) => `${type} ${message}`).join(" ");
  return candidates.flatMap((commit) =>
    dependencyBumps(commit.files).flatMap((bump): Finding[] => {
      const change = `${bump.name} ${bump.from ?? "(absent)"} → ${bump.to ?? "(removed)"}`;
      const used = world.packages.find((one) => one.name === bump.name);
      const links: { weight: number; text: string }[] = [];
      if (throughPackages.has(bump.name)) links.push({ weight: 4, text: `the stack goes through ${bump.name}` });
      if (used !== undefined)
        links.push({ weight: 3.2 * used.weight, text: `the failing code uses it (${used.label})` });
      if (bump.name.length > 3 && text.includes(bump.name)) links.push({ weight: 1.8, text: "the error names it" });
      const [best] = links.sort((a, b) => b.weight - a.weight);
      if (best === undefined) return [];
      return [
        {
          inspection: "dependency_bump",
          subject: { kind: "commit", sha: commit.sha },
          weight: (best.weight + (isMajor(bump) ? 0.4 : 0)) * (outside === null ? 1 : 0.5),
          text: `it changes the dependency ${change}, and ${links.map((link) => link.text).join(", ")}`,
          evidence: commitEvidence(commit, [bump.manifest]),
          isDirect: throughPackages.has(bump.name) || (used !== undefined && used.weight >= atFailure),
          cause: "dependency",
        },
      ];
    }),
  );
}

/** Whether the first number of the version changed, or the package came or went. */
function isMajor(bump: DependencyBump): boolean {
  const first = (version: string | null) => /(?:^|[^\w.])[v^~]?(\d+)\.\d/.exec(` ${version ?? ""}`)?.[1];
  return first(bump.from) !== first(bump.to);
}

/** Packages whose code is on the stack before the first frame of the project's own code: the failing call was inside them. */
function packagesOfFrames(world: World): Set<string> {
  const found = new Set<string>();
  for (const frame of world.frames) {
    if (frame.path !== null) break;
    const name = /(?:node_modules|site-packages|dist-packages)[/\\]((?:@[\w.-]+[/\\])?[\w.-]+)/.exec(
      (frame.file ?? "").replace(/^.*node_modules[/\\](?=.*node_modules)/, ""),
    )?.[1];
    if (name !== undefined) found.add(name.replaceAll("\\", "/"));
  }
  return found;
}
