import { proposeNullGuards } from "../../analysis/fixers/null-guard.ts";
import type { FailingFile, FileProposal, PatchKind } from "../../analysis/fixers/proposal.ts";
import { readFailure } from "../../analysis/fixers/read-failure.ts";
import { proposeRestoredAwaits } from "../../analysis/fixers/restore-await.ts";
import { proposeRestoredNames } from "../../analysis/fixers/restore-renamed.ts";
import type { RepairContext } from "./repair-context.ts";

export interface PatchProposal {
  readonly proposer: string;
  readonly kind: PatchKind;
  readonly diff: string;
  readonly explanation: string;
}

const framesMax = 4;

/**
 * Every patch that is worth a try, best first: undoing the blamed commit, then what removes the cause, then what only
 * hides it. The diffs are made by git against the deployed commit.
 */
export async function* proposePatches(ctx: RepairContext): AsyncGenerator<PatchProposal> {
  if (ctx.culprit !== null && "diff" in ctx.revert) {
    const subject = await ctx.repository.subjectOf(ctx.culprit.sha);
    yield {
      proposer: ctx.revert.isPorted ? "revert-moved" : "revert",
      kind: "revert",
      diff: ctx.revert.diff,
      explanation: `Undoes ${ctx.culprit.sha.slice(0, 10)} (${subject.slice(0, 120)}) on top of the deployed commit${ctx.revert.isPorted ? ", where its lines were moved or laid out anew since" : ""}.`,
    };
  }
  const seen = new Set<string>();
  for (const proposal of await fileProposals(ctx)) {
    const diff = await ctx.repository.diffOfEdits(ctx.base, [{ path: proposal.path, text: proposal.text }]);
    if (diff === "" || seen.has(diff) || ctx.deps.parseModule(proposal.path, proposal.text) === null) continue;
    seen.add(diff);
    yield { proposer: proposal.proposer, kind: proposal.kind, diff, explanation: proposal.explanation };
  }
}

async function fileProposals(ctx: RepairContext): Promise<FileProposal[]> {
  const failure = readFailure(ctx.repairCase.errorType, ctx.repairCase.errorMessage);
  if (failure === null) return [];
  const proposals: FileProposal[] = [];
  for (const [depth, frame] of ctx.frames.slice(0, framesMax).entries()) {
    if (!/\.[cm]?[jt]sx?$/.test(frame.path)) continue;
    const source = await ctx.repository.readFile(ctx.base, frame.path);
    const tree = source === null ? null : ctx.deps.parseModule(frame.path, source);
    if (source === null || tree === null) continue;
    const file: FailingFile = { path: frame.path, source, tree, line: frame.line, column: frame.column };
    const culpritDiff = ctx.culprit?.diff ?? "";
    proposals.push(...proposeRestoredNames(file, failure, culpritDiff), ...proposeRestoredAwaits(file, culpritDiff));
    // The failing read is on the innermost line; a guard further out would guard something else.
    if (depth === 0) proposals.push(...proposeNullGuards(file, failure));
  }
  return proposals.sort((a, b) => Number(a.kind === "mitigation") - Number(b.kind === "mitigation"));
}
