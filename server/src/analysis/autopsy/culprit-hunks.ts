import { parseDiff } from "../diff/parse-diff.ts";
import { isSecretPath } from "./is-secret-path.ts";
import { scrubSource } from "./scrub-source.ts";

export interface CulpritHunk {
  readonly path: string;
  readonly text: string;
  /** Whether it touches a file of the stack. */
  readonly isOnStack: boolean;
}

const noise =
  /(?:^|\/)(?:package-lock\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|bun\.lockb?|poetry\.lock|Cargo\.lock|go\.sum|Gemfile\.lock|composer\.lock)$|\.(?:min\.js|map|snap|svg)$/;

/** The blamed diff by files, those of the stack first; without lock files, generated ones, and what is there to hold secrets. */
export function culpritHunks(diff: string, stackPaths: ReadonlySet<string>): CulpritHunk[] {
  const texts = diff.split(/^(?=diff --git )/m).filter((text) => text.startsWith("diff --git "));
  return texts
    .flatMap((text): CulpritHunk[] => {
      const [file] = parseDiff(text);
      const path = file?.newPath ?? file?.oldPath ?? null;
      if (file === undefined || path === null || file.isBinary || file.hunks.length === 0) return [];
      if (noise.test(path) || [file.oldPath, file.newPath].some((side) => side !== null && isSecretPath(side)))
        return [];
      return [{ path, text: scrubSource(path, text), isOnStack: stackPaths.has(path) }];
    })
    .sort((a, b) => Number(b.isOnStack) - Number(a.isOnStack));
}
