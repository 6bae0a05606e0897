import type { FileDiff } from "../diff/parse-diff.ts";

/** A dependency whose version a commit changed. */
export interface DependencyBump {
  readonly manifest: string;
  readonly name: string;
  /** Null where it was added or the old version is not in the diff. */
  readonly from: string | null;
  /** Null where it was removed. */
  readonly to: string | null;
}

const versionLike = /^(?:[\^~<>=*v\d]|file:|link:|git|https?:|npm:|workspace:|github:|latest$|next$|[\w./-]+\.tgz$)/;
const ownFields = new Set([
  "version",
  "name",
  "main",
  "node",
  "npm",
  "type",
  "license",
  "private",
  "resolved",
  "integrity",
  "packageManager",
  "lockfileVersion",
  "engines",
  "homepage",
  "url",
  "test",
  "start",
  "build",
  "lint",
  "description",
]);

/** Whether a path is a dependency manifest or lock file. */
export function isManifest(path: string): boolean {
  return /(?:^|\/)(?:package(?:-lock)?\.json|npm-shrinkwrap\.json|yarn\.lock|pnpm-lock\.yaml|requirements[\w.-]*\.txt|Pipfile(?:\.lock)?|poetry\.lock|pyproject\.toml|go\.mod|go\.sum|pom\.xml|build\.gradle(?:\.kts)?|Cargo\.(?:toml|lock)|Gemfile(?:\.lock)?|composer\.(?:json|lock))$/.test(
    path,
  );
}

/** Dependencies that a commit's changes to manifests and lock files bump, add or remove. */
export function dependencyBumps(files: readonly FileDiff[]): DependencyBump[] {
  const found = new Map<string, { manifest: string; name: string; from: string | null; to: string | null }>();
  for (const file of files) {
    const manifest = file.newPath ?? file.oldPath ?? "";
    if (!isManifest(manifest)) continue;
    for (const hunk of file.hunks) {
      let locked: string | null = lockedPackage(hunk.section);
      for (const line of hunk.lines) {
        locked = lockedPackage(line.text) ?? locked;
        if (line.kind === "context") continue;
        const entry = entryOf(manifest, line.text, locked);
        if (entry === null) continue;
        const bump = found.get(entry.name) ?? { manifest, name: entry.name, from: null, to: null };
        if (line.kind === "removed") bump.from ??= entry.version;
        else bump.to ??= entry.version;
        found.set(entry.name, bump);
      }
    }
  }
  return [...found.values()].filter((bump) => bump.from !== bump.to);
}

function lockedPackage(text: string): string | null {
  return (
    /"(?:[^"]*\/)?node_modules\/((?:@[\w.-]+\/)?[\w.-]+)":\s*\{/.exec(text)?.[1] ??
    /^"?((?:@[\w.-]+\/)?[\w.-]+)@[^:]+:$/.exec(text.trim())?.[1] ??
    null
  );
}

function entryOf(manifest: string, text: string, locked: string | null): { name: string; version: string } | null {
  const line = text.trim();
  if (manifest.endsWith(".json")) {
    const pair = /^"((?:@[\w.-]+\/)?[\w.-]+)":\s*"([^"]*)",?$/.exec(line);
    const [, name, version] = pair ?? [];
    if (name === undefined || version === undefined) return null;
    if (/lock|shrinkwrap/.test(manifest))
      return (name === "version" || name === "resolved") && locked !== null && name === "version"
        ? { name: locked, version }
        : null;
    return !ownFields.has(name) && versionLike.test(version) ? { name, version } : null;
  }
  if (/requirements|Pipfile|pyproject|poetry/.test(manifest)) {
    const pair = /^"?([A-Za-z][\w.-]*)(?:\[[\w,]+\])?"?\s*(?:==|>=|~=|<=|=)\s*"?([^",;\s]+)/.exec(line);
    return pair?.[1] !== undefined && pair[2] !== undefined && !ownFields.has(pair[1])
      ? { name: pair[1], version: pair[2] }
      : null;
  }
  if (/yarn\.lock$/.test(manifest)) {
    const version = /^version "?([^"]+)"?$/.exec(line)?.[1];
    return version !== undefined && locked !== null ? { name: locked, version } : null;
  }
  const plain =
    /^(?:require\s+|implementation\s*[("']+|gem\s+["'])?([\w@][\w./@:-]*?)["']?[\s:,=]+["']?[~^>=<\s]*v?(\d[\w.+-]*)["')]*,?$/.exec(
      line,
    );
  return plain?.[1] !== undefined && plain[2] !== undefined && !ownFields.has(plain[1])
    ? { name: plain[1], version: plain[2] }
    : null;
}
