import { existsSync, realpathSync } from "node:fs";
import { posix } from "node:path";
import type { SandboxRequest } from "../../domains/repair/sandbox-port.ts";
import { environmentInside, inside } from "../sandbox/layout.ts";
import { environmentWords } from "../sandbox/limit-command.ts";
import { quoteAll } from "../sandbox/shell-quote.ts";
import type { ContainerEngine } from "./container-engine.ts";

const certificates = "/etc/ssl/certs/ca-certificates.crt";

/** Every container of ours bears it, whichever process made it. */
export const LABEL = "culprit.sandbox";

/** The line that the script inside writes when all is in place and the command begins. */
export const BEGUN = "begun";
/** The line before the result where the kernel ended a process for its memory. */
export const OUT_OF_MEMORY = "out of memory";

/** Beyond a run's own limit of time; then it ends by itself, even where nobody is left to end it. */
const GRACE_S = 5;

/**
 * The words that make a container for one run. All that it may write to is memory that counts against its own limit; its first process
 * ends everything at the time limit and can't be stopped from inside, so it ends without Culprit, too.
 */
export function createArguments(
  engine: Pick<ContainerEngine, "kind" | "isRootless" | "cpus">,
  image: string,
  name: string,
  userId: string,
  request: SandboxRequest,
): string[] {
  const { limits } = request;
  // Files of the tree and of /tmp lie in memory and are counted with it.
  const memory = `${limits.memoryMb + 2 * limits.diskMb}m`;
  const binds = [
    ...request.readOnly.map((bind) => ({ ...bind, isReadOnly: true })),
    ...(request.network && existsSync(certificates)
      ? [{ source: certificates, target: certificates, isReadOnly: true }]
      : []),
    ...request.writable.map((bind) => ({ ...bind, isReadOnly: false })),
  ];
  // Where the image has such a folder, its mode holds instead, so the command gets it as its own.
  const [uid, gid] = userId.split(":");
  const owner = engine.kind === "podman" ? "U,notmpcopyup" : `uid=${uid},gid=${gid}`;
  return [
    ...["create", "--name", name, "--label", LABEL, "--pull", "never"],
    ...(request.workTree === null ? [] : ["--interactive"]),
    ...(request.network ? [] : ["--network", "none"]),
    ...["--read-only", "--cap-drop", "ALL", "--security-opt", "no-new-privileges", "--ipc", "private"],
    ...["--user", userId, "--hostname", "culprit", "--workdir", inside.work],
    ...["--memory", memory, "--memory-swap", memory, "--pids-limit", String(limits.processes)],
    // One processor is left to Culprit.
    ...["--cpus", String(Math.max(1, engine.cpus - 1))],
    ...["--ulimit", "core=0:0", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=8192:8192"],
    // What it writes would lie on the disk without a limit; it is read from the pipe alone.
    ...["--log-driver", "none", "--no-healthcheck", "--stop-timeout", "0"],
    ...(engine.kind === "podman"
      ? ["--read-only-tmpfs=false", "--image-volume", "ignore", "--http-proxy=false", "--env-host=false"]
      : []),
    // The settings of the engine's command line may hold proxies with their passwords, and put them into every container.
    ...proxies.flatMap((variable) => ["--env", `${variable}=`]),
    ...memoryFolders(request, binds).flatMap(({ path, sizeMb }) => [
      "--tmpfs",
      `${path}:rw,exec,nosuid,nodev,size=${sizeMb}m,mode=1777,${owner}`,
    ]),
    ...binds.flatMap((bind) => ["--mount", mountOf(bind)]),
    ...["--entrypoint", "timeout", image, "-s", "KILL", String(Math.ceil(limits.timeoutMs / 1000) + GRACE_S)],
    ...["/bin/sh", "-c", script(request)],
  ];
}

const proxies = ["http_proxy", "https_proxy", "ftp_proxy", "all_proxy", "no_proxy"].flatMap((name) => [
  name,
  name.toUpperCase(),
]);

interface Bind {
  readonly source: string;
  readonly target: string;
  readonly isReadOnly: boolean;
}

/**
 * The folders that are made in memory. The engine makes the places of binds as root, and with them the folders above; those get a file
 * system of their own, so that the command may write beside the bind.
 */
function memoryFolders(request: SandboxRequest, binds: readonly Bind[]): { path: string; sizeMb: number }[] {
  const { diskMb } = request.limits;
  const roots: string[] = [inside.work, inside.temp];
  const above = new Set<string>();
  for (const { target } of binds) {
    if (!roots.some((root) => target.startsWith(`${root}/`))) continue;
    for (let path = posix.dirname(target); !roots.includes(path); path = posix.dirname(path)) above.add(path);
  }
  return [
    ...[...roots, ...[...above].sort()].map((path) => ({ path, sizeMb: diskMb })),
    ...request.scratch.map((path) => ({ path, sizeMb: 64 })),
  ];
}

function mountOf({ source, target, isReadOnly }: Bind): string {
  const fields = ["type=bind", `source=${realpathSync(source)}`, `target=${target}`];
  if (isReadOnly) fields.push("readonly");
  // The engines read this as a line of CSV.
  return fields.map((field) => (/[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)).join(",");
}

/** What is run inside: the tree is unpacked from standard input, the log goes to standard error, the result to standard output. */
function script(request: SandboxRequest): string {
  const words = [...environmentWords(environmentInside(request)), ...request.command];
  return [
    ...["set -eu", "umask 022", "exec 3>&1 1>&2", `mkdir -p ${inside.home}`],
    ...(request.workTree === null ? [] : [`tar -x -o -f - -C ${inside.work}`]),
    `echo ${BEGUN} >&3`,
    "set +e",
    `${quoteAll(words)} 3>&- </dev/null`,
    "code=$?",
    "exec 2>/dev/null </dev/null",
    "events=/sys/fs/cgroup/memory.events; control=/sys/fs/cgroup/memory/memory.oom_control",
    `{ grep -qs 'oom_kill [1-9]' $events $control && echo ${quoteAll([OUT_OF_MEMORY])} || echo; head -c 4194304 ${inside.result}; } >&3`,
    "exit $code",
  ].join("\n");
}
