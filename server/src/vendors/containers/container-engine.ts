import { execFile } from "node:child_process";

/** The command line of a container engine, as it was found on this machine. */
export interface ContainerEngine {
  readonly program: string;
  /** Whose command line it is: `docker` may be Podman by another name. */
  readonly kind: "docker" | "podman";
  /** Whether the engine runs without root's rights: the root inside is then the user who runs it. */
  readonly isRootless: boolean;
  readonly cpus: number;
  /** What the engine's own program sees; nothing of it gets inside. */
  readonly env: Readonly<Record<string, string>>;
}

interface Answer {
  /** Null where the program could not be run or took too long. */
  readonly code: number | null;
  readonly output: string;
  /** The last line that it wrote to standard error. */
  readonly complaint: string;
}

const ASK_MS = 30_000;

/** Asks the engine something that runs no code of others. Never throws. */
export function askEngine(
  { program, env }: Pick<ContainerEngine, "program" | "env">,
  args: readonly string[],
): Promise<Answer> {
  return new Promise((resolve) => {
    const options = { env, cwd: "/", timeout: ASK_MS, maxBuffer: 4 * 1024 * 1024 };
    execFile(program, [...args], options, (error, stdout, stderr) => {
      const code = error === null ? 0 : typeof error.code === "number" ? error.code : null;
      const lines = stderr.split("\n").filter((line) => line.trim() !== "");
      resolve({ code, output: stdout.trim(), complaint: lines.at(-1) ?? error?.message ?? "" });
    });
  });
}

const variables = /^(?:PATH|HOME|TMPDIR|XDG_\w+|DBUS_SESSION_BUS_ADDRESS|DOCKER_\w+|CONTAINER_HOST|CONTAINERS?_\w+)$/;

/** What of an environment tells the engine's program where its engine and its settings are. */
export function engineEnvironment(env: Readonly<Record<string, string | undefined>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) =>
      value === undefined || !variables.test(name) ? [] : [[name, value]],
    ),
  );
}

/** The engine behind a program's name, or why there is none. */
export async function findEngine(
  program: string,
  env: Readonly<Record<string, string>>,
): Promise<ContainerEngine | { readonly reason: string }> {
  const { code, output, complaint } = await askEngine({ program, env }, ["info", "--format", "{{json .}}"]);
  if (code !== 0) return { reason: `${program} does not answer: ${complaint}` };
  const info = parse(output);
  const { host } = info;
  if (host !== undefined) {
    const isRootless = host.security?.rootless === true;
    return { program, env, kind: "podman", isRootless, cpus: host.cpus ?? 1 };
  }
  const errors = info.ServerErrors ?? [];
  if (errors.length > 0) return { reason: `${program} does not answer: ${errors.join(" ")}` };
  const isRootless = (info.SecurityOptions ?? []).some((option) => option === "name=rootless");
  return { program, env, kind: "docker", isRootless, cpus: info.NCPU ?? 1 };
}

interface EngineInfo {
  readonly host?: { readonly cpus?: number; readonly security?: { readonly rootless?: boolean } };
  readonly NCPU?: number;
  readonly SecurityOptions?: readonly string[] | null;
  readonly ServerErrors?: readonly string[] | null;
}

function parse(text: string): EngineInfo {
  try {
    return JSON.parse(text) as EngineInfo;
  } catch {
    return { ServerErrors: ["it gave no account of itself."] };
  }
}
