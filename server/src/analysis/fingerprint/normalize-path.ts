/** A file without what a build or a deployment adds to its path. */
export interface NormalizedPath {
  readonly path: string;
  /** True when a content hash was in the file's name: a built bundle, whose short function names change as well. */
  readonly isHashed: boolean;
}

/** Folders under which a project's own code lies in nearly every layout; what is before the first of them is deployment. */
const sourceRoots = new Set([
  "src",
  "lib",
  "dist",
  "app",
  "apps",
  "packages",
  "services",
  "server",
  "client",
  "modules",
  "libs",
  "internal",
  "cmd",
  "examples",
]);

/** Where deployments and builds put a project, the number of folders behind each that name a release, user or checkout. */
const deployRoots: readonly (readonly [prefix: string, variable: number])[] = [
  ["usr/src", 1],
  ["var/www", 1],
  ["var/task", 0],
  ["var/lib", 1],
  ["home", 2],
  ["Users", 2],
  ["inetpub", 1],
  ["builds", 2],
  ["github/workspace", 0],
  ["workspace", 0],
  ["workspaces", 1],
  ["app", 0],
  ["code", 0],
  ["root", 1],
  ["srv", 1],
  ["opt", 1],
  ["mnt", 1],
  ["data", 1],
  ["tmp", 1],
];

/**
 * The path of a file as the project knows it: without scheme, host, query, deploy folder, release and content hashes.
 * `/srv/releases/20260101/src/a.ts`, `/app/src/a.ts` and `webpack:///./src/a.ts?1f2e` all give `src/a.ts`.
 */
export function normalizePath(file: string): NormalizedPath {
  const { path, isUrl } = withoutScheme(file.slice(0, 1_024).replaceAll("\\", "/"));
  const isAbsolute = isUrl || path.startsWith("/") || /^[A-Za-z]:\//.test(path);
  const parts = path
    .replace(/^[A-Za-z]:\//, "")
    .split("/")
    .filter((part) => part !== "" && part !== "." && part !== "..");
  const name = parts.pop() ?? "";
  const folders = isAbsolute ? withoutDeployRoot(parts, isUrl) : fromSourceRoot(afterRelease(parts), name);
  const plain = withoutHash(name);
  return { path: [...folders.slice(-6), plain].join("/"), isHashed: plain !== name };
}

function withoutScheme(file: string): { path: string; isUrl: boolean } {
  const scheme = /^([a-z][a-z0-9+.-]{0,30}):\/\/+/i.exec(file);
  if (scheme === null) return { path: file, isUrl: false };
  const query = file.search(/[?#]/);
  const rest = file.slice(scheme[0].length, query === -1 ? undefined : query);
  const kind = scheme[1]?.toLowerCase() ?? "";
  if (kind === "http" || kind === "https") return { path: rest.slice(rest.indexOf("/") + 1), isUrl: true };
  if (kind === "file")
    return { path: rest.startsWith("/") || /^[A-Za-z]:/.test(rest) ? rest : `/${rest}`, isUrl: false };
  // Bundlers name a package, a layer or the project before the path: webpack://shop/./src, webpack-internal:///(rsc)/./src.
  const inner = rest.indexOf("/./");
  const named = inner === -1 ? rest : rest.slice(inner + 3);
  return { path: named.replace(/^(?:\.{1,2}\/)+|^\([\w-]{1,40}\)\/|^\[project\]\//, ""), isUrl: false };
}

function withoutDeployRoot(parts: readonly string[], isUrl: boolean): readonly string[] {
  const released = afterRelease(parts);
  if (isUrl) return released;
  const rest = released.length < parts.length ? released : afterKnownRoot(parts);
  const source = rest.findIndex((part) => sourceRoots.has(part));
  if (source !== -1) return rest.slice(source);
  return rest.length === parts.length ? rest.slice(-1) : rest;
}

/** A relative path from its source root, as an absolute one is cut; a Java package path has none. */
function fromSourceRoot(parts: readonly string[], name: string): readonly string[] {
  if (/\.(?:java|kt|scala|groovy)$/.test(name)) return parts;
  const source = parts.findIndex((part) => sourceRoots.has(part));
  return source === -1 ? parts : parts.slice(source);
}

function afterKnownRoot(parts: readonly string[]): readonly string[] {
  for (const [prefix, variable] of deployRoots) {
    const names = prefix.split("/");
    if (!names.every((name, index) => parts[index] === name)) continue;
    // A source folder right behind the root is the project's: `/srv/src/a.ts`. `app` is mostly the checkout itself.
    let skip = names.length;
    for (let left = variable; left > 0 && skip < parts.length && !isSourceFolder(parts[skip]); left -= 1) skip += 1;
    return parts.slice(skip);
  }
  return parts;
}

function isSourceFolder(part: string | undefined): boolean {
  return part !== undefined && part !== "app" && sourceRoots.has(part);
}

/** What follows the last folder that names a release: a date, a long number, a hash, a version, `current`. */
function afterRelease(parts: readonly string[]): readonly string[] {
  const last = parts.findLastIndex(
    (part, index) =>
      /^(?:\d{6,}|v?\d+\.\d+\.\d+\S{0,60}|(?=[a-f]*\d)[0-9a-f]{7,64})$/.test(part) || (part === "current" && index > 0),
  );
  return last === -1 ? parts : parts.slice(last + 1);
}

/** `main.3f2a91.js`, `index-DiwrgTda.js` and `app_5788ef38.min.js` without their content hash. */
function withoutHash(name: string): string {
  if (!/\.(?:[cm]?js|css|bundle|map)$/.test(name)) return name;
  return name.replace(/[.\-_~]([A-Za-z0-9_]{6,64})(?=[.-])/g, (whole, part: string) =>
    isContentHash(part) ? "" : whole,
  );
}

function isContentHash(part: string): boolean {
  if (/^(?=[a-f]*\d)[0-9a-f]+$/.test(part)) return true;
  // Base-64 hashes of eight characters mix cases inside the word, as names do not.
  return (
    part.length === 8 && /[a-z]/.test(part) && (/[A-Z].*[A-Z]/.test(part) || (/\d/.test(part) && /[A-Z]/.test(part)))
  );
}
