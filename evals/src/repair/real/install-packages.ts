import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runCommand } from "../play/run-command.ts";
import { readAt } from "./git.ts";
import { readManifest } from "./test-command.ts";

const lockFiles = ["package-lock.json", "npm-shrinkwrap.json"];
const timeoutMs = 420_000;

/** What came of installing. */
export type Installed =
  | {
      /** The folder of packages; null where the project needs none. */
      readonly packages: string | null;
      /** The lock file that npm wrote, where the project had none. */
      readonly madeLock: string | null;
    }
  | { readonly reason: string };

/**
 * Installs what the manifest of a commit names into `folder`, by npm with its user's settings and without scripts of packages; only the manifest
 * and the lock file are there while the network is.
 */
export async function installPackages(gitDir: string, commit: string, folder: string): Promise<Installed> {
  const manifestText = await readAt(gitDir, commit, "package.json");
  const manifest = readManifest(manifestText);
  if (manifestText === null || manifest === null) return { reason: "no package.json at the root" };
  if (Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }).length === 0)
    return { packages: null, madeLock: null };
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), manifestText);
  let hasLock = false;
  for (const name of lockFiles) {
    const text = await readAt(gitDir, commit, name);
    if (text === null) continue;
    await writeFile(join(folder, name), text);
    hasLock = true;
  }
  const flags = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"];
  const { exitCode, output } = await runCommand(["npm", hasLock ? "ci" : "install", ...flags], {
    folder,
    environment: npmEnvironment(),
    timeoutMs,
  });
  if (exitCode !== 0) return { reason: complaintIn(output) };
  const packages = join(folder, "node_modules");
  const madeLock = hasLock ? null : await readFile(join(folder, "package-lock.json"), "utf8");
  return { packages: existsSync(packages) ? packages : null, madeLock };
}

function npmEnvironment(): Record<string, string> {
  const own = Object.entries(process.env).filter(([name]) =>
    /^(?:HOME$|npm_config_|NODE_EXTRA_CA_CERTS$|https?_proxy$)/i.test(name),
  );
  return Object.fromEntries(own.map(([name, value]) => [name, value ?? ""]));
}

function complaintIn(output: string): string {
  const lines = [...output.matchAll(/^npm (?:error|ERR!) (?!code\b|A complete log|In most cases)(.+)$/gm)];
  return lines[0]?.[1]?.replace(/^\w+ (?=[A-Z])/, "").slice(0, 200) ?? "npm did not come to an end";
}
