import { objectOf, readJsonObject } from "../../../analysis/fixers/read-json-object.ts";
import { type InstallFacts, type InstallPlan, type InstallRecipe, storeFolder } from "./recipe.ts";

/** npm itself: `npm ci`, from its own cache. */
export const npm: InstallRecipe = {
  async plan(facts) {
    const lockPath = ["package-lock.json", "npm-shrinkwrap.json"].find((path) => facts.files.has(path));
    if (lockPath === undefined) return null;
    if (facts.npm === null) return { reason: "npm was not found on this machine." };
    const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
    return {
      ...nodePlan(facts, "npm", lockPath, await npmSources(facts, lockPath)),
      words: "npm ci --ignore-scripts",
      command: (mode) => ["node", facts.npm ?? "", "ci", ...flags, "--logs-max=0", ...offline(mode)],
    };
  },
};

/** pnpm, fetched by npm in the version that the project names. */
export const pnpm: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("pnpm-lock.yaml")) return null;
    const lockVersion = /^lockfileVersion:\s*['"]?(\d+)/m.exec((await facts.read("pnpm-lock.yaml")) ?? "")?.[1];
    const version = (await versionOf(facts, "pnpm")) ?? (lockVersion === "5" ? "7" : lockVersion === "6" ? "8" : "9");
    const flags = ["install", "--frozen-lockfile", "--ignore-scripts", "--package-import-method=copy"];
    return fetched(facts, {
      ...nodePlan(facts, "pnpm", "pnpm-lock.yaml", [
        ...workspaceManifests(facts),
        ...present(facts, ["pnpm-workspace.yaml"]),
      ]),
      words: `pnpm ${flags.slice(0, 3).join(" ")}`,
      command: (mode) =>
        byNpm(facts, mode, `pnpm@${version}`, "pnpm", [...flags, "--store-dir", storeFolder, ...offline(mode)]),
    });
  },
};

/** Yarn: the classic one, or one of today with the linker that makes `node_modules`. */
export const yarn: InstallRecipe = {
  async plan(facts) {
    if (!facts.files.has("yarn.lock")) return null;
    const lock = (await facts.read("yarn.lock")) ?? "";
    const lockVersion = /^__metadata:\s+version:\s*(\d+)/m.exec(lock)?.[1];
    const named = await versionOf(facts, "yarn");
    const plan = nodePlan(facts, "yarn", "yarn.lock", workspaceManifests(facts));
    if (lockVersion === undefined) {
      const flags = ["install", "--frozen-lockfile", "--ignore-scripts", "--non-interactive", "--no-progress"];
      return fetched(facts, {
        ...plan,
        words: `yarn ${flags.slice(0, 3).join(" ")}`,
        command: (mode) =>
          byNpm(facts, mode, "yarn@1", "yarn", [...flags, "--cache-folder", storeFolder, ...offline(mode)]),
      });
    }
    // One that writes another version of the lock file than it finds refuses to install from it.
    const version = named ?? { "4": "2", "5": "~3.1", "6": "3", "8": "~4.9" }[lockVersion] ?? "4";
    // The project's own scripts are run by Yarn even where it is told to leave out those of packages.
    const noBuilds = version.startsWith("2") ? "--skip-builds" : "--mode=skip-build";
    const compression = /^compressionLevel:\s*(\w+)/m.exec((await facts.read(".yarnrc.yml")) ?? "")?.[1];
    return fetched(facts, {
      ...plan,
      words: `yarn install --immutable ${noBuilds}`,
      command: (mode) =>
        byNpm(facts, mode, `@yarnpkg/cli-dist@${version}`, "yarn", ["install", "--immutable", noBuilds]),
      env: {
        ...plan.env,
        YARN_NODE_LINKER: "node-modules",
        YARN_ENABLE_SCRIPTS: "0",
        YARN_ENABLE_TELEMETRY: "0",
        // A cache of the project's own would be emptied of what other projects fetched.
        YARN_ENABLE_GLOBAL_CACHE: "1",
        YARN_GLOBAL_FOLDER: storeFolder,
        ...(compression === undefined ? {} : { YARN_COMPRESSION_LEVEL: compression }),
        // The file of settings that could name another program of its own is not copied.
        YARN_IGNORE_PATH: "1",
        ...(facts.registry === null ? {} : { YARN_NPM_REGISTRY_SERVER: facts.registry }),
      },
    });
  },
};

/** Bun, fetched by npm as the package of its program for this machine. */
export const bun: InstallRecipe = {
  async plan(facts) {
    const lockPath = ["bun.lock", "bun.lockb"].find((path) => facts.files.has(path));
    if (lockPath === undefined) return null;
    const plan = nodePlan(facts, "bun", lockPath, workspaceManifests(facts));
    const flags = ["install", "--frozen-lockfile", "--ignore-scripts", "--backend=copyfile", "--no-progress"];
    return fetched(facts, {
      ...plan,
      words: "bun install --frozen-lockfile --ignore-scripts",
      command: (mode) => byNpm(facts, mode, "bun@1", "bun", flags),
      env: {
        ...plan.env,
        BUN_INSTALL_CACHE_DIR: storeFolder,
        // npm leaves out the script that puts bun's program in its place; this does it.
        npm_config_ignore_scripts: "false",
        ...(facts.registry === null ? {} : { BUN_CONFIG_REGISTRY: facts.registry }),
      },
    });
  },
};

function nodePlan(
  facts: InstallFacts,
  manager: string,
  lockPath: string,
  sources: readonly string[],
): Omit<InstallPlan, "words" | "command"> {
  return {
    manager,
    needs: { program: "node", remedy: "" },
    lockPath,
    sources,
    env: { npm_config_cache: "/tmp/npm", ...(facts.registry === null ? {} : { npm_config_registry: facts.registry }) },
    result: { kind: "beside", folder: "node_modules" },
  };
}

function fetched(facts: InstallFacts, plan: InstallPlan): InstallPlan | { readonly reason: string } {
  return facts.npm === null
    ? { reason: `${plan.manager} is fetched by npm, which was not found on this machine.` }
    : plan;
}

/** The words that run a package's program without installing it anywhere. */
function byNpm(
  facts: InstallFacts,
  mode: "offline" | "online",
  packageName: string,
  program: string,
  args: readonly string[],
): string[] {
  const own = ["exec", "--yes", "--no-update-notifier", "--loglevel=error", "--logs-max=0", ...offline(mode)];
  return ["node", facts.npm ?? "", ...own, `--package=${packageName}`, "--", program, ...args];
}

function offline(mode: "offline" | "online"): string[] {
  return mode === "offline" ? ["--offline"] : [];
}

/** The version in `packageManager`, as Corepack reads it. */
async function versionOf(facts: InstallFacts, manager: string): Promise<string | null> {
  const { packageManager } = readJsonObject(await facts.read("package.json"));
  const match = typeof packageManager === "string" ? /^(\w+)@(\d+\.\d+\.\d+[\w.-]*)/.exec(packageManager) : null;
  return match?.[1] === manager ? (match[2] ?? null) : null;
}

/** What npm reads of the tree: the manifests of the root, the workspaces and linked folders, and packed packages. */
async function npmSources(facts: InstallFacts, lockPath: string): Promise<string[]> {
  const sources = ["package.json"];
  const { packages } = readJsonObject(await facts.read(lockPath));
  for (const [entry, about] of Object.entries(objectOf(packages)).sort()) {
    const { resolved } = objectOf(about);
    const packed = typeof resolved === "string" ? /^file:(.+\.(?:tgz|tar\.gz|tar))$/.exec(resolved)?.[1] : undefined;
    const isOwn = entry !== "" && !entry.split("/").includes("node_modules");
    const path = packed ?? (isOwn ? `${entry}/package.json` : null);
    if (path !== null && !path.startsWith("/") && !path.split("/").includes("..")) sources.push(path);
  }
  return sources;
}

const manifestsMax = 200;

/** The manifests of a workspace; what is no member of it does no harm. */
function workspaceManifests(facts: InstallFacts): string[] {
  const all = [...facts.files].filter((path) => /(?:^|\/)package\.json$/.test(path) && !path.includes("node_modules/"));
  return all.sort((a, b) => a.split("/").length - b.split("/").length || a.localeCompare(b)).slice(0, manifestsMax);
}

function present(facts: InstallFacts, paths: readonly string[]): string[] {
  return paths.filter((path) => facts.files.has(path));
}
