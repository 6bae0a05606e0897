import { existsSync, lstatSync, readlinkSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type CommandResult, runCommand } from "../play/run-command.ts";

const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib64"];
const timeoutMs = 180_000;

/**
 * Runs a repository's own code by bubblewrap in a tree that is bound to `/tree`: no network, none of this machine's files but its programs,
 * an environment of its own, three minutes at most. `packages` is a `node_modules` that it may not write to.
 */
export async function runIsolated(
  words: string,
  { tree, packages }: { readonly tree: string; readonly packages: string | null },
): Promise<CommandResult> {
  const args = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--clearenv"];
  args.push("--proc", "/proc", "--dev", "/dev", "--tmpfs", "/tmp", "--bind", tree, "/tree", "--chdir", "/tree");
  for (const folder of systemFolders) {
    if (!existsSync(folder)) continue;
    if (lstatSync(folder).isSymbolicLink()) args.push("--symlink", readlinkSync(folder), folder);
    else args.push("--ro-bind", folder, folder);
  }
  if (packages !== null) {
    await mkdir(join(tree, "node_modules"), { recursive: true });
    args.push("--ro-bind", packages, "/tree/node_modules");
  }
  // Servers of tests listen on localhost, which is the only network there is.
  const hosts = `${tree}.hosts`;
  await writeFile(hosts, "127.0.0.1 localhost\n::1 localhost\n");
  args.push("--ro-bind", hosts, "/etc/hosts");
  args.push("--ro-bind", process.execPath, "/culprit/bin/node");
  const environment = {
    PATH: "/tree/node_modules/.bin:/culprit/bin:/usr/bin:/bin",
    ...{ HOME: "/tmp", TZ: "UTC", LANG: "C.UTF-8", CI: "1", NO_COLOR: "1", FORCE_COLOR: "0", NODE_NO_WARNINGS: "1" },
  };
  for (const [name, value] of Object.entries(environment)) args.push("--setenv", name, value);
  const limited = `ulimit -f 1000000; ${words}`;
  return runCommand(["bwrap", ...args, "sh", "-c", limited], { folder: tree, timeoutMs });
}
