import { objectOf, readJsonObject } from "../read-json-object.ts";

const usual = [
  "src/server",
  "src/index",
  "src/main",
  "src/app",
  "server",
  "index",
  "main",
  "app",
  "bin/www",
  "src/http/server",
];
const extensions = [".js", ".mjs", ".cjs", ".ts", ".mts"];

/** How a service is started: by importing its entry, or where that starts only as the main module, in a process of its own. */
export type ServiceStart =
  | { readonly by: "import"; readonly module: string }
  /** `path` as seen from the package, `flags` of Node. */
  | { readonly by: "process"; readonly path: string; readonly flags: readonly string[] };

const asksForMain =
  /\brequire\.main\b|\bmodule\.parent\b|\bimport\.meta\.main\b|\bprocess\.argv\s*(?:\[\s*1\s*\]|\.at\(\s*1\s*\))|["']es-main["']/;

/** Whether the source of an entry looks whether it is the main module: imported, it may start nothing. */
export function startsOnlyAsMain(source: string): boolean {
  return asksForMain.test(source);
}

/**
 * The files that may start a project's HTTP service, likeliest first: what its `start` script runs, what `main` names,
 * then the usual names.
 */
export function serviceEntries(manifest: string | null, files: readonly string[]): string[] {
  const facts = readJsonObject(manifest);
  const scripts = objectOf(facts.scripts);
  const named: string[] = [];
  for (const name of ["start", "serve", "dev"]) {
    const script = scripts[name];
    if (typeof script !== "string") continue;
    // What follows --import or --require prepares the process; the service is the last file named.
    for (const match of [...script.matchAll(/(?:^|\s)(?:\.\/)?([\w@./-]+\.[cm]?[jt]s)(?=\s|$)/g)].reverse())
      named.push(match[1] ?? "");
  }
  if (typeof facts.main === "string") named.push(facts.main.replace(/^\.\//, ""));
  for (const stem of usual) for (const extension of extensions) named.push(stem + extension);
  return [...new Set(named)].filter((path) => files.includes(path));
}
