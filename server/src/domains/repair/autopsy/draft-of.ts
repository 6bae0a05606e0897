import { cleanModelText } from "../../../analysis/autopsy/clean-model-text.ts";
import { refuseDraft } from "../../../analysis/autopsy/refuse-draft.ts";
import { scrubText } from "../../../analysis/scrub/index.ts";
import type { RepairContext } from "../repair-context.ts";
import type { FileEdit } from "../repository-port.ts";
import type { ModelAnswer } from "./answer-schema.ts";

export interface Draft {
  readonly diff: string;
  readonly kind: "fix" | "mitigation";
  readonly explanation: string;
}

const EXPLANATION_CHARS = 500;

/**
 * The patch of a model's answer as a diff that may be proposed like any other, or why it may not. `shown` are the files that it was
 * given to read.
 */
export async function draftOf(
  ctx: RepairContext | null,
  patch: ModelAnswer["patch"],
  shown: ReadonlySet<string>,
): Promise<{ readonly draft: Draft } | { readonly reason: string } | null> {
  if (patch === null || patch === undefined) return null;
  if (ctx === null) return { reason: "There is no repository that it could apply to." };
  const made = patch.edits.length > 0 ? await diffOfEdits(ctx, patch.edits, shown) : { diff: patch.diff ?? "" };
  if ("reason" in made) return made;
  const diff = made.diff.trim() === "" ? "" : `${made.diff.trimEnd()}\n`;
  const reason =
    refuseDraft(diff, shown) ??
    (scrubText(diff, {}, { isSourceCode: true }) === diff ? null : "It stands beside what looks like a secret.");
  if (reason !== null) return { reason };
  const { text } = cleanModelText(patch.explanation, EXPLANATION_CHARS);
  return { draft: { diff, kind: patch.kind, explanation: text === "" ? "Drafted by the model." : text } };
}

async function diffOfEdits(
  ctx: RepairContext,
  edits: NonNullable<ModelAnswer["patch"]>["edits"],
  shown: ReadonlySet<string>,
): Promise<{ readonly diff: string } | { readonly reason: string }> {
  const texts = new Map<string, string>();
  for (const { path, find, replace } of edits) {
    const name = path.slice(0, 200);
    if (!shown.has(path)) return { reason: `It changes ${name}, which the model was not shown.` };
    const text = texts.get(path) ?? (await ctx.repository.readFile(ctx.base, path));
    if (text === null) return { reason: `It changes ${name}, which can't be read at the deployed commit.` };
    const count = text.split(find).length - 1;
    if (count !== 1)
      return {
        reason: `What it wants to replace in ${name} is there ${count === 0 ? "not at all" : `${count} times`}.`,
      };
    texts.set(
      path,
      text.replace(find, () => replace),
    );
  }
  const changed = [...texts].map(([path, text]): FileEdit => ({ path, text }));
  return { diff: await ctx.repository.diffOfEdits(ctx.base, changed) };
}
