import { changeSubstance } from "../blame/change-substance.ts";
import type { FileDiff } from "../diff/parse-diff.ts";
import { isManifest } from "./dependency-bumps.ts";

/** A setting that a commit changed in the repository. */
export interface ConfigEdit {
  readonly path: string;
  readonly key: string;
  readonly from: string | null;
  readonly to: string | null;
  /** False for data and texts that merely have a settings format: products, translations. */
  readonly isSetting: boolean;
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

function isSettingsPath(path: string): boolean {
  if (
    /(?:^|\/)(?:data|seeds?|locales?|i18n|lang|translations|public|static|assets|content|schemas?|migrations)\//i.test(
      path,
    )
  )
    return false;
  return (
    /(?:^|[/._-])(?:config|conf|configs|configuration|settings?|env|environments?|deploy\w*|helm|values|production|staging|application|features?|flags?)(?:[/._-]|$)/i.test(
      path,
    ) || /\.(?:env|ini|toml|properties|conf|cfg)$/i.test(path)
  );
}

const pair = /["']?([A-Za-z_][\w.$-]*)["']?\s*[:=]\s*("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^\s,;{}[\]"'][^,;{}[\]]*)/g;

/** Settings on a line: each name with its plain value. An object on one line holds several. */
function entriesOf(text: string): { key: string; value: string }[] {
  const line = text.replace(/^\s*(?:export\s+)?(?:const\s+|let\s+|var\s+)?/, "");
  return [...line.matchAll(pair)].map((match) => ({
    key: match[1]?.split(".").at(-1) ?? "",
    value: (match[2] ?? "")
      .trim()
      .replace(/^["']|["']$/g, "")
      .slice(0, 200),
  }));
}

/** Settings that a commit changed, added or took out. */
export function configEdits(files: readonly FileDiff[]): ConfigEdit[] {
  const substance = changeSubstance(files);
  const edits: ConfigEdit[] = [];
  for (const file of files) {
    const path = file.newPath ?? file.oldPath ?? "";
    if (!isConfigFile(path)) continue;
    const before = new Map<string, string[]>();
    const after = new Map<string, string[]>();
    for (const line of file.hunks.flatMap((hunk) => hunk.lines)) {
      if (line.kind === "context" || line.text.length > 4000 || substance.isCosmetic(line)) continue;
      const side = line.kind === "removed" ? before : after;
      for (const { key, value } of entriesOf(line.text)) side.set(key, [...(side.get(key) ?? []), value]);
    }
    for (const key of new Set([...before.keys(), ...after.keys()])) {
      // The same name may stand in several places; values that stand on both sides did not change.
      const [was, is] = [before.get(key) ?? [], after.get(key) ?? []];
      const from = was.find((value) => !is.includes(value)) ?? null;
      const to = is.find((value) => !was.includes(value)) ?? null;
      if (from !== null || to !== null) edits.push({ path, key, from, to, isSetting: isSettingsPath(path) });
    }
  }
  return edits;
}
