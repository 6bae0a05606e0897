import { spawn } from "node:child_process";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import type { Readable } from "node:stream";

/** A tree on its way into a container. */
export interface PackedTree {
  readonly stream: Readable;
  /** Whether all of it was read; known when the packing is over, or was stopped. */
  readonly isWhole: Promise<boolean>;
  stop(): void;
}

/**
 * Packs a tree as it is, links as links. Folders are left out and made again when their files are unpacked: those that exist already
 * inside belong to root, and tar would stumble over what it may not change.
 */
export async function packTree(folder: string): Promise<PackedTree> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const names = entries
    .filter((entry) => entry.isFile() || entry.isSymbolicLink())
    .map((entry) => `./${relative(folder, join(entry.parentPath, entry.name))}\0`);
  const args = ["--null", "--no-recursion", "-T", "-", "-c", "-f", "-"];
  const tar = spawn("tar", args, { cwd: folder, stdio: ["pipe", "pipe", "ignore"] });
  tar.stdin.on("error", () => undefined);
  tar.stdin.end(names.join(""));
  const isWhole = new Promise<boolean>((resolve) => {
    tar.on("error", () => resolve(false));
    tar.on("exit", (code) => resolve(code === 0));
  });
  return { stream: tar.stdout, isWhole, stop: () => void tar.kill("SIGKILL") };
}
