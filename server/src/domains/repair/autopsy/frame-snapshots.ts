import { enclosingFunction, type FunctionPlace } from "../../../analysis/autopsy/enclosing-function.ts";
import { isSecretPath } from "../../../analysis/autopsy/is-secret-path.ts";
import { scrubSource } from "../../../analysis/autopsy/scrub-source.ts";
import type { SyntaxNode } from "../../../analysis/fixers/syntax.ts";
import type { RepairContext } from "../repair-context.ts";
import type { NotRead } from "./found-part.ts";

/** Code around one frame, secrets taken out, as document 1 keeps it on the incident. */
export interface FrameSnapshot {
  readonly path: string;
  readonly content: string;
  readonly line_number: number;
  readonly column: number | null;
  readonly first_line: number;
  readonly function: string | null;
  readonly commit: string;
}

/** The same with the whole file beside it, which is not kept. */
export interface ReadFrame {
  readonly snapshot: FrameSnapshot;
  readonly source: string;
  readonly tree: SyntaxNode | null;
  readonly enclosing: FunctionPlace | null;
}

const AROUND = 20;
const FRAMES_MAX = 30;
const LINE_CHARS = 400;

/** The code of every frame in the repository at the deployed commit, the failing call first; each place once. */
export async function readFrames(
  ctx: RepairContext,
): Promise<{ readonly frames: readonly ReadFrame[]; readonly notRead: readonly NotRead[] }> {
  const frames: ReadFrame[] = [];
  const notRead: NotRead[] = [];
  const seen = new Set<string>();
  const files = new Map<string, Omit<ReadFrame, "snapshot" | "enclosing"> | null>();
  for (const { path, line, column, function: named } of ctx.frames) {
    const title = `${path}:${line}`;
    if (seen.has(title)) continue;
    seen.add(title);
    const miss = (reason: string) => notRead.push({ kind: "frame_code", title, reason });
    if (seen.size > FRAMES_MAX) {
      miss(`More than ${FRAMES_MAX} frames.`);
      continue;
    }
    if (isSecretPath(path)) {
      miss("The file is there to hold secrets; it is never read.");
      continue;
    }
    if (!files.has(path)) files.set(path, await readSource(ctx, path));
    const file = files.get(path) ?? null;
    const lines = file?.source.split("\n") ?? [];
    if (file === null || line > lines.length) {
      miss(
        file === null
          ? "It is no text, a link, or larger than 1 MB."
          : `The file has ${lines.length} lines at the deployed commit.`,
      );
      continue;
    }
    const first = Math.max(1, line - AROUND);
    const content = lines
      .slice(first - 1, line + AROUND)
      .map((text) => text.slice(0, LINE_CHARS))
      .join("\n");
    const enclosing = enclosingFunction(file.source, file.tree, line, column);
    frames.push({
      ...file,
      enclosing,
      snapshot: {
        ...{ path, content, line_number: line, column, first_line: first },
        ...{ function: enclosing?.name ?? named, commit: ctx.base },
      },
    });
  }
  return { frames, notRead };
}

async function readSource(
  ctx: RepairContext,
  path: string,
): Promise<{ source: string; tree: SyntaxNode | null } | null> {
  const raw = await ctx.repository.readFile(ctx.base, path);
  if (raw === null) return null;
  const source = scrubSource(path, raw);
  return { source, tree: isScript(path) ? ctx.deps.parseModule(path, source) : null };
}

/** Whether the built-in parser reads it. */
export function isScript(path: string): boolean {
  return /\.[cm]?[jt]sx?$/.test(path);
}
