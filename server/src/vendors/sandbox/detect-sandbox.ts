import type { NoSandbox, Sandbox, SandboxProvider, SandboxRequest } from "../../domains/repair/sandbox-port.ts";
import { openContainerSandbox } from "../containers/open-container-sandbox.ts";
import { bwrapSandbox } from "./bwrap.ts";
import { unshareSandbox } from "./unshare.ts";

export type SandboxKind = "auto" | "bubblewrap" | "namespaces" | "podman" | "docker" | "none";

export interface SandboxOptions {
  readonly kind?: SandboxKind;
  /** What containers are made of. */
  readonly image?: string;
  /** Folders below a system folder that are empty inside. */
  readonly hidden?: readonly string[];
  /** This process's environment, of which the command line of a container engine sees what concerns it. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Gives the isolation that the settings name, or the strongest that really works here, each tried by running Node in it: containers and
 * hardened kernels forbid namespaces in ways that no version check tells. What works is kept; what does not is tried again the next
 * time, because an image may have been pulled.
 */
export function createSandboxProvider(options: SandboxOptions = {}): SandboxProvider {
  let found: Promise<Sandbox | NoSandbox> | undefined;
  return async () => {
    found ??= findSandbox(options);
    const answer = await found;
    if ("reason" in answer) found = undefined;
    return answer;
  };
}

const trial: SandboxRequest = {
  command: ["node", "-e", "process.exit(process.getuid() === 0 && process.env.HOME === undefined ? 1 : 0)"],
  workTree: null,
  readOnly: [],
  writable: [],
  scratch: [],
  env: {},
  network: false,
  asOwner: false,
  limits: { timeoutMs: 10_000, memoryMb: 512, processes: 64, outputBytes: 65_536, diskMb: 16 },
};

/** The first of the candidates in which a trial run succeeds, or null. */
export async function firstThatWorks(candidates: readonly Sandbox[]): Promise<Sandbox | null> {
  if (process.platform !== "linux") return null;
  for (const candidate of candidates) {
    const result = await candidate.run(trial).catch(() => null);
    if (result?.exitCode === 0) return candidate;
  }
  return null;
}

async function findSandbox({
  kind = "auto",
  image = "docker.io/library/node:24-bookworm-slim",
  hidden = [],
  env = {},
}: SandboxOptions): Promise<Sandbox | NoSandbox> {
  const [bubblewrap, namespaces] = [bwrapSandbox({ hidden }), unshareSandbox({ hidden })];
  const inContainer = (program: "podman" | "docker") => openContainerSandbox(program, image, env);
  switch (kind) {
    case "none":
      return { reason: "The setting CULPRIT_SANDBOX is none, so no code of the project is run." };
    case "bubblewrap":
      return (
        (await firstThatWorks([bubblewrap])) ?? {
          reason: "CULPRIT_SANDBOX is bubblewrap, and bwrap does not work here: install it, and allow user namespaces.",
        }
      );
    case "namespaces":
      return (
        (await firstThatWorks([namespaces])) ?? {
          reason: "CULPRIT_SANDBOX is namespaces, and they do not work here: allow user namespaces.",
        }
      );
    case "podman":
    case "docker":
      return inContainer(kind);
    case "auto": {
      // As root the namespaces are better: bubblewrap keeps root's id, which owns files and escapes the process limit.
      const isRoot = process.getuid?.() === 0;
      const own = await firstThatWorks(isRoot ? [namespaces, bubblewrap] : [bubblewrap, namespaces]);
      if (own !== null) return own;
      const reasons: string[] = [];
      for (const program of ["podman", "docker"] as const) {
        const answer = await inContainer(program);
        if (!("reason" in answer)) return answer;
        reasons.push(answer.reason);
      }
      return {
        reason: `This machine offers no isolation. Install bubblewrap (bwrap), allow user namespaces, or set up Podman or Docker: ${reasons.join(" ")}`,
      };
    }
  }
}
