import type { Sandbox, SandboxProvider, SandboxRequest } from "../../domains/repair/sandbox-port.ts";
import { bwrapSandbox } from "./bwrap.ts";
import { unshareSandbox } from "./unshare.ts";

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

/**
 * Gives the strongest isolation that really works here, tried once by running Node in it: containers and hardened
 * kernels forbid namespaces in ways that no version check tells. Null where there is none. `hidden` folders are empty
 * inside even where they lie below a system folder.
 */
export function createSandboxProvider({ hidden = [] }: { readonly hidden?: readonly string[] } = {}): SandboxProvider {
  let detected: Promise<Sandbox | null> | undefined;
  const [bubblewrap, namespaces] = [bwrapSandbox({ hidden }), unshareSandbox({ hidden })];
  // As root the namespaces are better: bubblewrap keeps root's id, which owns files and escapes the process limit.
  const isRoot = process.getuid?.() === 0;
  return () => {
    detected ??= firstThatWorks(isRoot ? [namespaces, bubblewrap] : [bubblewrap, namespaces]);
    return detected;
  };
}

/** The first of the candidates in which a trial run succeeds, or null. */
export async function firstThatWorks(candidates: readonly Sandbox[]): Promise<Sandbox | null> {
  if (process.platform !== "linux") return null;
  for (const candidate of candidates) {
    const result = await candidate.run(trial).catch(() => null);
    if (result?.exitCode === 0) return candidate;
  }
  return null;
}
