import { mkdir, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Bug, Tree } from "../corpus/bug.ts";
import { type CommandResult, runCommand } from "./run-command.ts";

const helper = fileURLToPath(new URL("./ask.mjs", import.meta.url));

/** Writes a tree to a folder that is emptied before. */
export async function writeTree(tree: Tree, folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  for (const [path, text] of tree) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), text);
  }
}

/** Runs the project's own tests as its `package.json` says. */
export function runSuite(folder: string, manifest: string): Promise<CommandResult> {
  const { scripts } = JSON.parse(manifest) as { scripts: { test: string } };
  return runCommand(["sh", "-c", scripts.test], { folder });
}

/** Runs a bug's oracle on the tree in `<folder>/app`: right is what ends with 0. */
export async function runOracle(bug: Bug, folder: string): Promise<CommandResult> {
  await writeFile(join(folder, "oracle.mjs"), bug.oracle);
  await writeFile(join(folder, "ask.mjs"), `export { ask, serve } from ${JSON.stringify(helper)};\n`);
  return runCommand(["node", "--test", "--test-isolation=none", "--test-force-exit", "oracle.mjs"], {
    folder,
    environment: { NODE_ENV: "production" },
  });
}
