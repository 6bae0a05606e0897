import { mkdtempSync, rmdirSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Sandbox, SandboxRequest, SandboxResult } from "../../domains/repair/sandbox-port.ts";
import { inside, nextUserId, planLayout } from "./layout.ts";
import { environmentWords, limitWords, runLines } from "./limit-command.ts";
import { mountFlagsOf } from "./mount-flags.ts";
import { runBounded } from "./run-bounded.ts";
import { quote } from "./shell-quote.ts";

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

/** The mounts live in a namespace of their own and vanish with its last process: nothing has to be taken down. */
function setUpScript(request: SandboxRequest, hidden: readonly string[], root: string, isRoot: boolean): string {
  const userId = nextUserId();
  const layout = planLayout(request, { hidden, userId });
  const at = (target: string): string => quote(root + target);
  const drops = isRoot && !request.asOwner;
  const disk = `size=${request.limits.diskMb}m`;
  const lines = ["set -eu", "umask 022", `mount -t tmpfs -o size=8m,mode=755 culprit ${quote(root)}`];
  for (const folder of ["/tree", "/tmp", "/proc", "/dev", "/etc", "/.old", inside.bin])
    lines.push(`mkdir -p ${at(folder)}`);
  lines.push(
    `mount -t tmpfs -o ${disk},mode=755 work ${at("/tree")}`,
    `mount -t tmpfs -o ${disk},mode=1777 tmp ${at("/tmp")}`,
  );
  lines.push(`mkdir ${at(inside.home)}`);

  for (const link of layout.links) lines.push(`ln -s ${quote(link.source)} ${at(link.target)}`);
  for (const device of ["null", "zero", "full", "random", "urandom"]) {
    lines.push(`touch ${at(`/dev/${device}`)}`, `mount --bind /dev/${device} ${at(`/dev/${device}`)}`);
  }
  lines.push(`ln -s /proc/self/fd ${at("/dev/fd")}`, `mkdir ${at("/dev/shm")}`);
  lines.push(`mount -t tmpfs -o size=64m,mode=1777 shm ${at("/dev/shm")}`);
  for (const file of layout.files) lines.push(`printf %s ${quote(file.text)} > ${at(file.target)}`);

  if (request.workTree !== null)
    lines.push(`cp -R --preserve=mode,links ${quote(`${request.workTree}/.`)} ${at("/tree")}`);
  if (drops) lines.push(`chown -hR ${userId}:${userId} ${at("/tree")} ${at(inside.home)}`);
  for (const bind of layout.readOnly) lines.push(...bindLines(bind.source, at(bind.target), true));
  for (const bind of layout.writable) lines.push(...bindLines(bind.source, at(bind.target), false));
  for (const folder of request.scratch) lines.push(`mount -t tmpfs -o size=64m,mode=1777 scratch ${at(folder)}`);

  for (const folder of layout.hidden) lines.push(`mount -t tmpfs -o size=4k,mode=755 hidden ${at(folder)}`);

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

function bindLines(source: string, target: string, isReadOnly: boolean): string[] {
  const parent = `"$(dirname ${target})"`;
  const make = statSync(source).isDirectory() ? `mkdir -p ${target}` : `mkdir -p ${parent} && touch ${target}`;
  const lines = [make, `mount --bind ${quote(source)} ${target}`];
  if (isReadOnly) lines.push(`mount -o ${["remount", "bind", "ro", ...mountFlagsOf(source)].join(",")} ${target}`);
  return lines;
}

/** Brings the inner loopback up with whatever this machine has; tests that start a server need it. */
const loopbackLines = [
  `{ ip link set lo up || ifconfig lo up || perl -e ${quote(
    'use Socket; socket(S,AF_INET,SOCK_DGRAM,0) or exit 1; ioctl(S,0x8914,pack("a16 s x14","lo",0x49)) or exit 1',
  )} || python3 -c ${quote(
    'import socket,fcntl,struct; fcntl.ioctl(socket.socket(),0x8914,struct.pack("16sh14x",b"lo",0x49))',
  )} || true; } >/dev/null 2>&1`,
];
