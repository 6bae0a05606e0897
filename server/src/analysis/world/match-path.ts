function segmentsOf(path: string): string[] {
  return path
    .replace(/^(?:file|webpack|webpack-internal|app|https?|node):\/+/i, "/")
    .replace(/[?#].*$/, "")
    .replaceAll("\\", "/")
    .split("/")
    .filter((segment) => segment !== "" && segment !== "." && segment !== "..");
}

/** Endings that a compiler turns into the one of the frame. */
const sourceEndings: Readonly<Record<string, readonly string[]>> = {
  js: ["ts", "tsx", "jsx"],
  mjs: ["mts", "ts"],
  cjs: ["cts", "ts"],
  jsx: ["tsx"],
};

/**
 * The path in the repository that a path of a stack frame means: the one that shares the longest run of folders from the
 * end. A tie between several is nobody's, so it gives null rather than a guess; so does a file of a dependency. A compiled
 * file without source maps leads to its source by name.
 */
export function matchPath(framePath: string, tree: readonly string[]): string | null {
  const exact = matchSegments(segmentsOf(framePath), tree);
  if (exact !== null) return exact;
  const ending = /\.(\w+)$/.exec(framePath)?.[1] ?? "";
  for (const other of sourceEndings[ending] ?? []) {
    const found = matchSegments(segmentsOf(framePath.replace(/\w+$/, other)), tree);
    if (found !== null) return found;
  }
  return null;
}

function matchSegments(wanted: readonly string[], tree: readonly string[]): string | null {
  const name = wanted.at(-1);
  if (name === undefined || wanted.includes("node_modules") || wanted.includes("site-packages")) return null;
  let best: string | null = null;
  let bestDepth = 0;
  let isTie = false;
  for (const path of tree) {
    if (path !== name && !path.endsWith(`/${name}`)) continue;
    const segments = path.split("/");
    let depth = 0;
    while (depth < segments.length && depth < wanted.length && segments.at(-1 - depth) === wanted.at(-1 - depth))
      depth += 1;
    if (depth === 0) continue;
    // A path that is matched wholly is what a deploy folder in front of it gives.
    const score = depth + (depth === segments.length ? 0.5 : 0);
    if (score > bestDepth) {
      best = path;
      bestDepth = score;
      isTie = false;
    } else if (score === bestDepth) isTie = true;
  }
  return isTie ? null : best;
}
