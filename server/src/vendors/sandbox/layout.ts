import { existsSync, lstatSync, readlinkSync, realpathSync } from "node:fs";
import type { SandboxBind, SandboxRequest } from "../../domains/repair/sandbox-port.ts";

/** Where things lie inside, the same for every kind of isolation. */
export const inside = {
  work: "/tree",
  temp: "/tmp",
  home: "/tmp/home",
  result: "/tmp/culprit-result.json",
  bin: "/culprit/bin",
} as const;

// Ids that own no file on a usual system, and not `nobody`, which the embedded database runs as.
const userIds = { first: 61_184, count: 4_336 };
let runs = 0;

/**
 * The id that a run's command gets. Each run has one of its own, because the limit of processes is counted by id over
 * the whole machine.
 */
export function nextUserId(): number {
  runs += 1;
  return userIds.first + ((process.pid * 37 + runs) % userIds.count);
}

const systemFolders = ["/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store"];
const systemFiles = ["/etc/ld.so.cache", "/etc/ld.so.conf", "/etc/ld.so.conf.d", "/etc/alternatives", "/etc/localtime"];
const networkFiles = [
  "/etc/resolv.conf",
  "/etc/hosts",
  "/etc/nsswitch.conf",
  "/etc/ssl",
  "/etc/ca-certificates",
  "/etc/pki",
];

export interface Layout {
  readonly links: readonly SandboxBind[];
  readonly readOnly: readonly SandboxBind[];
  readonly writable: readonly SandboxBind[];
  /** Folders below a visible one that are covered by an empty one. */
  readonly hidden: readonly string[];
  /** Text files made inside. */
  readonly files: readonly { readonly target: string; readonly text: string }[];
  readonly env: Readonly<Record<string, string>>;
}

/**
 * What is visible inside: the system's programs and libraries, this Node, and what the request binds. Nothing of
 * `/root`, `/home`, `/etc`'s secrets, the data folder or the environment.
 */
export function planLayout(
  request: SandboxRequest,
  { hidden = [], userId = userIds.first }: { readonly hidden?: readonly string[]; readonly userId?: number } = {},
): Layout {
  const links: SandboxBind[] = [];
  const readOnly: SandboxBind[] = [];
  for (const folder of systemFolders) {
    if (!existsSync(folder)) continue;
    if (lstatSync(folder).isSymbolicLink()) links.push({ source: readlinkSync(folder), target: folder });
    else readOnly.push({ source: folder, target: folder });
  }
  for (const file of request.network ? [...systemFiles, ...networkFiles] : systemFiles) {
    if (existsSync(file)) readOnly.push({ source: realpathSync(file), target: file });
  }
  readOnly.push({ source: realpathSync(process.execPath), target: `${inside.bin}/node` });
  for (const bind of request.readOnly) readOnly.push({ source: realpathSync(bind.source), target: bind.target });

  const user = `root:x:0:0::/:/bin/false\nsandbox:x:${userId}:${userId}::${inside.home}:/bin/false\n`;
  const files = [
    { target: "/etc/passwd", text: user },
    { target: "/etc/group", text: `root:x:0:\nsandbox:x:${userId}:\n` },
  ];
  if (!request.network) files.push({ target: "/etc/hosts", text: "127.0.0.1 localhost\n::1 localhost\n" });
  return {
    links,
    readOnly,
    writable: request.writable.map((bind) => ({ source: realpathSync(bind.source), target: bind.target })),
    hidden: hidden
      .flatMap((folder) => (existsSync(folder) ? [realpathSync(folder)] : []))
      .filter((folder) => readOnly.some((bind) => bind.source === bind.target && folder.startsWith(`${bind.target}/`))),
    files,
    env: environmentInside(request),
  };
}

/** All that the command's environment holds: nothing of this process's own. */
export function environmentInside({ env }: Pick<SandboxRequest, "env">): Readonly<Record<string, string>> {
  return {
    PATH: `${inside.work}/node_modules/.bin:${inside.bin}:/usr/local/bin:/usr/local/go/bin:/usr/bin:/bin`,
    HOME: inside.home,
    TMPDIR: inside.temp,
    LANG: "C.UTF-8",
    TZ: "UTC",
    CI: "1",
    NO_COLOR: "1",
    FORCE_COLOR: "0",
    CULPRIT_RESULT: inside.result,
    ...env,
  };
}
