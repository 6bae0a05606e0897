import { changeSubstance } from "../blame/change-substance.ts";
import type { FileDiff } from "../diff/parse-diff.ts";
import { isManifest } from "./dependency-bumps.ts";

/** A setting that a commit changed in the repository. */
export interface ConfigEdit {
  readonly path: string;
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** Whether a file holds settings that the program reads when it runs, as opposed to code, tools, tests and documents. */
export function isConfigFile(path: string): boolean {
  if (
    isManifest(path) ||
    /(?:^|\/)(?:\.github|\.circleci|\.vscode|docs?|tests?|__tests__|fixtures|node_modules)\//i.test(path)
  )
    return false;
  const name = path.split("/").at(-1) ?? path;
  if (
    /^(?:tsconfig|jsconfig|biome|\.?eslint|\.?prettier|\.?babel|jest|vitest|webpack|vite|rollup|\.?editorconfig|renovate|lerna|nx|turbo|\.gitlab-ci|dependabot|codecov|\.travis|mkdocs|openapi|swagger)/i.test(
      name,
    )
  )
    return false;
  if (/\.(?:env|ini|toml|ya?ml|properties|conf|cfg|json5?|jsonc)$/i.test(name) || /^\.env(?:\.|$)/.test(name))
    return true;
  return (
    /(?:^|\/)(?:config|conf|settings|env)(?:\/|\.[cm]?[jt]s$|\.py$)/i.test(path) &&
    /\.(?:[cm]?[jt]s|py|rb|php)$/.test(path)
  );
}

function entryOf(text: string): { key: string; value: string } | null {
  const entry =
    /^\s*(?:export\s+)?(?:const\s+|let\s+|var\s+)?["']?([A-Za-z_][\w.$-]*)["']?\s*[:=]\s*(.*?)[,;]?\s*$/.exec(text);
  return entry?.[1] === undefined
    ? null
    : {
        key: entry[1].split(".").at(-1) ?? entry[1],
        value: (entry[2] ?? "").replace(/^["']|["']$/g, "").slice(0, 200),
      };
}

/** Settings that a commit changed, added or took out. */
export function configEdits(files: readonly FileDiff[]): ConfigEdit[] {
  const substance = changeSubstance(files);
  const found = new Map<string, { path: string; key: string; from: string | null; to: string | null }>();
  for (const file of files) {
    const path = file.newPath ?? file.oldPath ?? "";
    if (!isConfigFile(path)) continue;
    for (const line of file.hunks.flatMap((hunk) => hunk.lines)) {
      if (line.kind === "context" || substance.isCosmetic(line)) continue;
      const entry = entryOf(line.text);
      if (entry === null) continue;
      const edit = found.get(`${path}\0${entry.key}`) ?? { path, key: entry.key, from: null, to: null };
      if (line.kind === "removed") edit.from = entry.value;
      else edit.to = entry.value;
      found.set(`${path}\0${entry.key}`, edit);
    }
  }
  return [...found.values()].filter((edit) => edit.from !== edit.to);
}
