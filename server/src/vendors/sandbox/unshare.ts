import { mkdtempSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Sandbox, SandboxBind, SandboxRequest, SandboxResult } from "../../domains/repair/sandbox-port.ts";
import { inside, nextUserId, planLayout } from "./layout.ts";
import { environmentWords, limitWords, runLines } from "./limit-command.ts";
import { mountFlagsOf } from "./mount-flags.ts";
import { runBounded } from "./run-bounded.ts";
import { quote, quoteAll } from "./shell-quote.ts";

/**
 * Isolation with the kernel's namespaces and util-linux. As root the mounts are made with root's rights and the
 * command runs as an id that owns nothing; as an ordinary user all happens in a user namespace and the command runs
 * without any capability. Either way: a root of its own made of read-only binds, its own pids, network and IPC.
 */
export function unshareSandbox({ hidden = [] }: { readonly hidden?: readonly string[] } = {}): Sandbox {
  const isRoot = process.getuid?.() === 0;
  return {
    isolation: isRoot ? "unshare" : "unshare-user",
    run: (request) => runInNamespaces(request, hidden, isRoot),
  };
}

async function runInNamespaces(
  request: SandboxRequest,
  hidden: readonly string[],
  isRoot: boolean,
): Promise<SandboxResult> {
  const mountPoint = mkdtempSync(join(tmpdir(), "culprit-sandbox-"));
  try {
    return await runBounded(
      [
        ...[
          "setpriv",
          "--pdeathsig",
          "KILL",
          "unshare",
          "--mount",
          "--pid",
          "--ipc",
          "--uts",
          "--fork",
          "--kill-child",
        ],
        ...(request.network ? [] : ["--net"]),
        ...(isRoot ? [] : ["--user", "--map-root-user"]),
        ...["--", "/bin/sh", "-c", setUpScript(request, hidden, mountPoint, isRoot)],
      ],
      { limits: request.limits },
    );
  } finally {
    rmdirSync(mountPoint);
  }
}

/**
 * The mounts live in a namespace of their own and vanish with its last process: nothing has to be taken down. Mounts are made from
 * tables and folders in one go, because each process more costs a millisecond or two: by single commands the set-up took 95 ms of
 * processor time.
 */
function setUpScript(request: SandboxRequest, hidden: readonly string[], root: string, isRoot: boolean): string {
  const userId = nextUserId();
  const layout = planLayout(request, { hidden, userId });
  const at = (target: string): string => quote(root + target);
  const drops = isRoot && !request.asOwner;
  const disk = `size=${request.limits.diskMb}m`;
  const system = layout.readOnly.filter(({ target }) => !isBelowTree(target));
  const devices = ["null", "zero", "full", "random", "urandom"].map((name) => `/dev/${name}`);
  const folders = ["/tree", "/tmp", "/proc", "/dev/shm", "/etc", "/.old", inside.bin];
  const lines = ["set -eu", "umask 022", `mount -t tmpfs -o size=8m,mode=755 culprit ${quote(root)}`];
  lines.push(...placeLines(root, system, { folders, files: devices }));
  for (const file of layout.files) lines.push(`printf %s ${quote(file.text)} > ${at(file.target)}`);
  lines.push(
    ...mountLines(root, [
      { source: "work", target: "/tree", type: "tmpfs", options: [disk, "mode=755"] },
      { source: "tmp", target: "/tmp", type: "tmpfs", options: [disk, "mode=1777"] },
      { source: "shm", target: "/dev/shm", type: "tmpfs", options: ["size=64m", "mode=1777"] },
      ...devices.map((path) => ({ source: path, target: path, type: "none", options: ["bind"] })),
      ...system.map(({ source, target }) => ({ source, target, type: "none", options: readOnlyBind(source) })),
    ]),
    `mkdir ${at(inside.home)}`,
    `ln -s /proc/self/fd ${at("/dev/fd")}`,
  );
  for (const link of layout.links) lines.push(`ln -s ${quote(link.source)} ${at(link.target)}`);

  if (request.workTree !== null)
    lines.push(`cp -R --preserve=mode,links ${quote(`${request.workTree}/.`)} ${at("/tree")}`);
  if (drops) lines.push(`chown -hR ${userId}:${userId} ${at("/tree")} ${at(inside.home)}`);
  const own = layout.readOnly.filter(({ target }) => isBelowTree(target));
  lines.push(
    ...placeLines(root, [...own, ...layout.writable]),
    ...mountLines(root, [
      ...own.map(({ source, target }) => ({ source, target, type: "none", options: readOnlyBind(source) })),
      ...layout.writable.map(({ source, target }) => ({ source, target, type: "none", options: ["bind"] })),
      ...request.scratch.map((target) => ({
        ...{ source: "scratch", target, type: "tmpfs", options: ["size=64m", "mode=1777"] },
      })),
      ...layout.hidden.map((target) => ({
        ...{ source: "hidden", target, type: "tmpfs", options: ["size=4k", "mode=755"] },
      })),
    ]),
  );

  // An outer sandbox that hides parts of /proc makes this fail; the run then goes without. Read-only, because root's id
  // alone may write to /proc/sys.
  const proc = at("/proc");
  lines.push(
    `{ mount -t proc -o nosuid,nodev,noexec proc ${proc} 2>/dev/null && mount -o remount,bind,ro,nosuid,nodev,noexec ${proc}; } || true`,
  );
  if (!request.network) lines.push(...loopbackLines);
  lines.push(
    `cd ${quote(root)}`,
    "pivot_root . .old",
    "cd /",
    "umount -l /.old",
    "mount -o remount,bind,ro /",
    `cd ${inside.work}`,
  );

  const privileges = [
    ...["setpriv", "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all"],
    ...(drops ? [`--reuid=${userId}`, `--regid=${userId}`, "--clear-groups"] : []),
  ];
  const words = [...limitWords(request.limits), ...privileges, ...environmentWords(layout.env), ...request.command];
  return [...lines, ...runLines(words, inside.result, privileges)].join("\n");
}

interface Mount {
  readonly source: string;
  readonly target: string;
  readonly type: string;
  readonly options: readonly string[];
}

/** What lies in places that hold a file system of their own, made before. */
function isBelowTree(target: string): boolean {
  return /^\/(?:tree|tmp)\//.test(target);
}

function readOnlyBind(source: string): string[] {
  return ["bind", "ro", ...mountFlagsOf(source)];
}

/** Lines that make the places where things are mounted. */
function placeLines(
  root: string,
  binds: readonly SandboxBind[],
  more: { readonly folders: readonly string[]; readonly files: readonly string[] } = { folders: [], files: [] },
): string[] {
  const folders = new Set(more.folders);
  const files = [...more.files];
  for (const { source, target } of binds) {
    if (statSync(source).isDirectory()) folders.add(target);
    else files.push(target);
  }
  for (const file of files) folders.add(dirname(file));
  return [
    ...(folders.size === 0 ? [] : [`mkdir -p ${quoteAll([...folders].map((path) => root + path))}`]),
    ...(files.length === 0 ? [] : [`touch ${quoteAll(files.map((path) => root + path))}`]),
  ];
}

/** Lines that mount all of these in their order, by one process that reads them as a table in the form of fstab(5). */
function mountLines(root: string, mounts: readonly Mount[]): string[] {
  if (mounts.length === 0) return [];
  const field = (text: string): string =>
    text.replace(/[\s\\#]/g, (sign) => `\\${sign.charCodeAt(0).toString(8).padStart(3, "0")}`);
  const table = mounts
    .map(
      ({ source, target, type, options }) =>
        `${field(source)} ${field(root + target)} ${type} ${options.join(",")} 0 0\n`,
    )
    .join("");
  const file = quote(`${root}/.old/mounts`);
  return [`printf %s ${quote(table)} > ${file}`, `mount --all --fstab ${file}`, `rm ${file}`];
}

/** Brings the inner loopback up with whatever this machine has; tests that start a server need it. */
const loopbackLines = [
  `{ ip link set lo up || ifconfig lo up || perl -e ${quote(
    'use Socket; socket(S,AF_INET,SOCK_DGRAM,0) or exit 1; ioctl(S,0x8914,pack("a16 s x14","lo",0x49)) or exit 1',
  )} || python3 -c ${quote(
    'import socket,fcntl,struct; fcntl.ioctl(socket.socket(),0x8914,struct.pack("16sh14x",b"lo",0x49))',
  )} || true; } >/dev/null 2>&1`,
];
