import { existsSync, realpathSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import type { PackageSource } from "../../domains/repair/repair-deps.ts";

/**
 * Where this machine's npm and its cache are, by what npm itself sets for its scripts, then `PATH`. The cache is what
 * lets a project's dependencies be installed without a network.
 */
export function locateNpm(env: Readonly<Record<string, string | undefined>>): PackageSource {
  const cacheFolder = env.npm_config_cache ?? join(env.HOME ?? homedir(), ".npm");
  return {
    cliPath: findCli(env),
    cacheFolder: existsSync(cacheFolder) ? cacheFolder : null,
    registry: env.npm_config_registry ?? null,
  };
}

function findCli(env: Readonly<Record<string, string | undefined>>): string | null {
  const named = env.npm_execpath;
  const nearNode = join(dirname(dirname(process.execPath)), "lib/node_modules/npm/bin/npm-cli.js");
  const onPath = (env.PATH ?? "").split(delimiter).map((folder) => join(folder, "npm"));
  for (const candidate of [named ?? "", nearNode, ...onPath]) {
    if (candidate === "" || !existsSync(candidate)) continue;
    const real = realpathSync(candidate);
    if (real.endsWith("/npm-cli.js")) return real;
  }
  return null;
}
