import type { PatchKind } from "../fixers/proposal.ts";
import { protectedPath } from "./protected-path.ts";

/** One path that a patch changes, as git itself saw it when it applied the patch. */
export interface PatchChange {
  readonly path: string;
  /** Git's mode before: `100644`, `100755`, `120000` (link), `160000` (submodule); `000000` for a file that is new. */
  readonly oldMode: string;
  /** `000000` for a file that goes. */
  readonly newMode: string;
  /** Added and removed lines together; null for a binary file. */
  readonly lines: number | null;
}

/** How large a drafted patch may be; a project may set its own. */
export interface PatchLimits {
  readonly filesMax: number;
  readonly linesMax: number;
}

export const defaultPatchLimits: PatchLimits = { filesMax: 10, linesMax: 200 };

/**
 * Why a patch is refused before any of it is run; null where it may be tried. Drafted patches are small and leave locks,
 * pipelines, links and binary files alone; a revert may be large and may take a lock file back to what it was.
 */
export function refuseChanges(
  kind: PatchKind,
  changes: readonly PatchChange[],
  limits: PatchLimits = defaultPatchLimits,
): string | null {
  if (changes.length === 0) return "It changes nothing.";
  for (const { path, oldMode, newMode, lines } of changes) {
    const modes = [oldMode, newMode];
    const reason = protectedPath(path, kind);
    if (reason !== null) return reason;
    if (modes.includes("160000")) return `It touches the submodule ${path}.`;
    if (modes.includes("120000")) return `It touches the symbolic link ${path}.`;
    if (kind !== "revert" && lines === null) return `It changes the binary file ${path}.`;
  }
  if (kind === "revert") return null;
  const changed = changes.reduce((sum, { lines }) => sum + (lines ?? 0), 0);
  if (changes.length > limits.filesMax) return `It changes ${changes.length} files, more than ${limits.filesMax}.`;
  return changed > limits.linesMax ? `It changes ${changed} lines, more than ${limits.linesMax}.` : null;
}
