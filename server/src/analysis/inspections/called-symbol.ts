import { tokensOf } from "../blame/change-substance.ts";
import type { WorldCommit } from "../world/world.ts";
import { commitEvidence, type Inspected, isCodePath } from "./context.ts";
import type { Finding } from "./finding.ts";

/** Names that the error or the failing lines speak of, and that a commit of the range took away, renamed or changed. */
export function calledSymbol({ world, candidates, symbols }: Inspected): Finding[] {
  const lineNames = new Map<string, number>();
  for (const place of world.blame.places) {
    for (const name of place.context.names.slice(0, 6))
      lineNames.set(name, Math.max(lineNames.get(name) ?? 0, place.weight));
  }
  return candidates.flatMap((commit) => {
    const words = wordsOf(commit, isCodePath);
    const near = wordsOf(commit, (path) => world.sources.has(path));
    const findings: Finding[] = [];
    const say = (weight: number, text: string) =>
      findings.push({
        inspection: "called_symbol",
        subject: { kind: "commit", sha: commit.sha },
        weight,
        text,
        evidence: commitEvidence(commit, [...words.paths]),
        cause: "release",
      });
    const gone = symbols.filter((name) => words.removed.has(name) && !words.added.has(name));
    const changed = symbols.filter(
      (name) => !gone.includes(name) && (words.removed.has(name) || words.added.has(name)),
    );
    if (gone.length > 0) say(2.2, `it takes out uses of ${list(gone)}, which the error names`);
    else if (changed.length > 0) say(1, `its changed lines use ${list(changed)}, which the error names`);
    const missed = [...lineNames].filter(
      ([name]) => !symbols.includes(name) && near.removed.has(name) && !near.added.has(name),
    );
    const weight = Math.max(0, ...missed.map(([, one]) => one));
    if (weight > 0)
      say(1.4 * weight, `it takes out uses of ${list(missed.map(([name]) => name))}, which a failing line needs`);
    return findings;
  });
}

function list(names: readonly string[]): string {
  return names
    .slice(0, 3)
    .map((name) => `\`${name}\``)
    .join(", ");
}

/** Words that a commit takes out and puts in; what stands unchanged on a line that was changed beside it counts as neither. */
function wordsOf(
  commit: WorldCommit,
  isWanted: (path: string) => boolean,
): { removed: Set<string>; added: Set<string>; paths: Set<string> } {
  const found = { removed: new Set<string>(), added: new Set<string>(), paths: new Set<string>() };
  const counts = new Map<string, number>();
  const stillThere = new Set<string>();
  for (const file of commit.files) {
    const path = file.newPath ?? file.oldPath ?? "";
    if (!isWanted(path) || file.isBinary) continue;
    for (const line of file.hunks.flatMap((hunk) => hunk.lines)) {
      if (line.kind === "context" || line.text.length > 2000) continue;
      found.paths.add(path);
      for (const token of tokensOf(line.text)) {
        counts.set(token, (counts.get(token) ?? 0) + (line.kind === "added" ? 1 : -1));
        if (line.kind === "added") stillThere.add(token);
      }
    }
  }
  for (const [token, count] of counts) {
    if (count < 0) found.removed.add(token);
    if (count > 0 || (count < 0 && stillThere.has(token))) found.added.add(token);
  }
  return found;
}
