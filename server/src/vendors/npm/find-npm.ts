import { existsSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";

/**
 * The npm of this machine and its cache: the one that started us, else the one beside a `node` on the path. Null where
 * there is none.
 */
export function findNpm(env: Readonly<Record<string, string | undefined>>): {
  readonly cliPath: string | null;
  readonly cacheFolder: string | null;
} {
  const beside = (folder: string) => [
    join(folder, "../lib/node_modules/npm/bin/npm-cli.js"),
    join(folder, "../share/npm/bin/npm-cli.js"),
    join(folder, "node_modules/npm/bin/npm-cli.js"),
  ];
  const folders = [dirname(process.execPath), ...(env.PATH ?? "").split(delimiter)];
  const candidates = [env.npm_execpath ?? "", ...folders.flatMap(beside)];
  const cliPath = candidates.find((path) => path.endsWith("npm-cli.js") && existsSync(path)) ?? null;
  const cacheFolder = env.npm_config_cache ?? (env.HOME === undefined ? null : join(env.HOME, ".npm"));
  return { cliPath, cacheFolder };
}
