import { tokensOf } from "../blame/change-substance.ts";
import { namesOf } from "../blame/source-context.ts";
import { importsOf } from "../world/imports.ts";
import type { World, WorldCommit } from "../world/world.ts";
import { commitEvidence, type Inspected, isCodePath } from "./context.ts";
import type { Finding } from "./finding.ts";

/**
 * Names that the error or the failing lines speak of, and that a commit of the range took away, renamed or changed. A name that
 * stands in many places, or that is a parameter, means another thing elsewhere: that it is shared says little.
 */
export function calledSymbol(inspected: Inspected): Finding[] {
  const { world, candidates, symbols } = inspected;
  const needed = neededNames(world).filter(({ name }) => !symbols.includes(name));
  const innermost = new Set(namesOf(world.blame.places[0]?.text ?? ""));
  const common = new Set(symbols.filter((name) => isCommonName(world, name)));
  return candidates.flatMap((commit) => {
    const words = wordsOf(commit, isCodePath);
    const near = wordsOf(commit, (path) => world.sources.has(path));
    const findings: Finding[] = [];
    const say = (weight: number, text: string, isDirect = false) =>
      findings.push({
        inspection: "called_symbol",
        subject: { kind: "commit", sha: commit.sha },
        weight,
        text,
        evidence: commitEvidence(commit, [...words.paths]),
        isDirect,
        cause: "release",
      });
    const gone = symbols.filter((name) => words.removed.has(name) && !words.added.has(name));
    const changed = symbols.filter(
      (name) => !gone.includes(name) && (words.removed.has(name) || words.added.has(name)),
    );
    const share = (names: readonly string[]) => (names.every((name) => common.has(name)) ? 0.2 : 1);
    if (gone.length > 0) {
      const isDirect = gone.some((name) => innermost.has(name) && !common.has(name));
      say(2.2 * share(gone), `it takes out uses of ${list(gone)}, which the error names`, isDirect);
    } else if (changed.length > 0) say(share(changed), `its changed lines use ${list(changed)}, which the error names`);
    const missed = needed.filter(({ name, path, isOwn }) => {
      const where = isOwn ? wordsOf(commit, (one) => one === path) : near;
      return where.removed.has(name) && !where.added.has(name);
    });
    const [first] = missed;
    if (first !== undefined) {
      const names = missed.filter((one) => one.path === first.path && one.line === first.line).map(({ name }) => name);
      say(1.4 * first.weight, `it takes out uses of ${list(names)}, which ${first.path}:${first.line} uses`);
    }
    return findings;
  });
}

interface NeededName {
  readonly name: string;
  readonly path: string;
  readonly line: number;
  readonly weight: number;
  /** A variable of its file, so that the same name in another file is another thing. */
  readonly isOwn: boolean;
}

/** Names that the failing lines use, heaviest place first; what a line itself gives a value is not needed by it. */
function neededNames(world: World): NeededName[] {
  return world.blame.places
    .flatMap(({ path, line, weight, text, context }) => {
      const used = text.replace(/\b(?:const|let|var)\s+(?:\{[^}]*\}|\[[^\]]*\]|[\w$]+)|^\s*[\w$]+\s*(?==[^=>])/g, " ");
      const uses = new Set(namesOf(used));
      const imported = new Set(importsOf(world.sources.get(path) ?? "").map(({ local }) => local));
      return context.names
        .slice(0, 6)
        .filter((name) => uses.has(name))
        .map((name) => {
          const own = name.replace(/\$/g, "\\$");
          const isMember = new RegExp(`\\.${own}(?![\\w$])|(?<![\\w$])${own}\\s*\\(`).test(used);
          return { name, path, line, weight, isOwn: !isMember && !imported.has(name) };
        })
        .filter(({ isOwn, name }) => !isOwn || !isCommonName(world, name));
    })
    .sort((a, b) => b.weight - a.weight);
}

const commonLinesMin = 6;

/** Whether a name is a parameter in a failing file, or stands on many of its lines. */
function isCommonName(world: World, name: string): boolean {
  const own = name.replace(/\$/g, "\\$");
  const parameter = new RegExp(
    `(?:\\bfunction\\b[^(]*|\\bdef\\s+\\w+\\s*|^\\s*(?:async\\s+|static\\s+)*(?!if|for|while|switch|catch)[\\w$]+\\s*)\\((?:[^()]*[\\s,({])?${own}\\b[^()]*\\)\\s*[:{]|\\(?(?<![\\w$.])${own}\\)?\\s*=>`,
    "m",
  );
  return [...new Set(world.blame.places.map(({ path }) => path))].some((path) => {
    const source = world.sources.get(path) ?? "";
    const lines = source.split("\n").filter((line) => namesOf(line).includes(name));
    return lines.length >= commonLinesMin || parameter.test(source);
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
