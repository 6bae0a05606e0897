import type { Sandbox, SandboxRequest, SandboxResult } from "../../domains/repair/sandbox-port.ts";
import { inside, nextUserId, planLayout } from "./layout.ts";
import { environmentWords, limitWords, runLines } from "./limit-command.ts";
import { runBounded } from "./run-bounded.ts";

const megabyte = 1024 * 1024;
const sourceFolder = "/culprit/source";

/** Isolation with bubblewrap (≥ 0.6 for sized tmpfs), the tool that Flatpak runs its programs in. */
export function bwrapSandbox({
  program = "bwrap",
  hidden = [],
}: {
  readonly program?: string;
  readonly hidden?: readonly string[];
} = {}): Sandbox {
  return { isolation: "bwrap", run: (request) => runInBwrap(program, hidden, request) };
}

function runInBwrap(program: string, hidden: readonly string[], request: SandboxRequest): Promise<SandboxResult> {
  const userId = nextUserId();
  const layout = planLayout(request, { hidden, userId });
  const disk = ["--size", String(request.limits.diskMb * megabyte), "--tmpfs"];
  const args = ["--unshare-all", "--die-with-parent", "--new-session", "--cap-drop", "ALL", "--hostname", "culprit"];
  if (request.network) args.push("--share-net");
  if (!request.asOwner) args.push("--unshare-user", "--uid", String(userId), "--gid", String(userId));
  args.push("--proc", "/proc", "--dev", "/dev", ...disk, inside.work, ...disk, inside.temp, "--dir", inside.home);
  for (const link of layout.links) args.push("--symlink", link.source, link.target);
  for (const bind of layout.readOnly) args.push("--ro-bind", bind.source, bind.target);
  if (request.workTree !== null) args.push("--ro-bind", request.workTree, sourceFolder);
  for (const bind of layout.writable) args.push("--bind", bind.source, bind.target);
  for (const folder of request.scratch) args.push("--size", String(64 * megabyte), "--tmpfs", folder);
  for (const folder of layout.hidden) args.push("--tmpfs", folder);
  // A run as root may write to /proc/sys by its id alone.
  args.push("--remount-ro", "/proc", "--remount-ro", "/", "--chdir", inside.work);

  const lines = ["set -eu", "umask 022"];
  if (request.workTree !== null) lines.push(`cp -R --preserve=mode,links ${sourceFolder}/. ${inside.work}`);
  const words = [...limitWords(request.limits), ...environmentWords(layout.env), ...request.command];
  args.push("/bin/sh", "-c", [...lines, ...runLines(words, inside.result, [])].join("\n"));
  return runBounded([program, ...args], { limits: request.limits });
}
