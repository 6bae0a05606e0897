import { proposeMovedImports, readMissingModule } from "../../analysis/fixers/follow-moved-file.ts";
import { proposeFollowedParameters } from "../../analysis/fixers/follow-parameters.ts";
import { isParseFailure, proposeParseGuards } from "../../analysis/fixers/guard-parse.ts";
import { proposeMovedBoundaries } from "../../analysis/fixers/move-boundary.ts";
import { proposeNullGuards } from "../../analysis/fixers/null-guard.ts";
import type { FailingFile, FileProposal, PatchKind } from "../../analysis/fixers/proposal.ts";
import { readFailure } from "../../analysis/fixers/read-failure.ts";
import { proposeRestoredAwaits } from "../../analysis/fixers/restore-await.ts";
import { proposeRestoredNames } from "../../analysis/fixers/restore-renamed.ts";
import { restoreSettings } from "../../analysis/fixers/restore-setting.ts";
import { partsOf } from "../../analysis/fixers/undo-parts.ts";
import { proposeUnwrappedValues } from "../../analysis/fixers/unwrap-value.ts";
import { isWellFormed } from "./is-well-formed.ts";
import { matchFrames } from "./match-frames.ts";
import type { RepairContext } from "./repair-context.ts";
import { undoInParts, writtenElsewhere } from "./undo-in-parts.ts";
import { undoRelated } from "./undo-related.ts";

export interface PatchProposal {
  readonly proposer: string;
  readonly kind: PatchKind;
  /** As it was drafted; the gate mends what nearly applies. */
  readonly diff: string;
  readonly explanation: string;
  /** What people have to know of the patch where it is proven, in a sentence. */
  readonly caution?: string;
  /** The same with a value that can't be right, where the patch guesses one. */
  readonly probeDiff?: string;
  /** What to try next where some of the project's tests, by the names its runner gives them, fail only with the patch. */
  readonly withoutFailing?: (failing: readonly string[]) => Promise<PatchProposal | null>;
}

/** Drafts patches where the rules are at their end. What it gives passes the same gate and the same proof as theirs. */
export type PatchProposer = (ctx: RepairContext) => AsyncIterable<PatchProposal>;

const framesMax = 4;
const placesMax = 8;

/**
 * Every patch that is worth a try, best first: undoing the blamed commit where git does it, and before that only what fails of one
 * that did several things; then what follows the commit where
 * something was forgotten, undoing it where others changed the same lines since, undoing only the part that fails, and at last
 * what only hides the failure; then whoever else is set up to draft one. The diffs of the rules are made by git against the
 * deployed commit.
 */
export async function* proposePatches(
  ctx: RepairContext,
  others: readonly PatchProposer[] = [],
): AsyncGenerator<PatchProposal> {
  const seen = new Set<string>();
  const whole = await wholeRevert(ctx);
  const part = whole === null ? null : await relatedRevert(ctx);
  const reverts = [part, whole].flatMap((one) => one ?? []);
  for (const { diff } of reverts) seen.add(diff);
  if (whole?.proposer === "revert") yield* reverts;
  const { followed, guessed, hidden } = await fileProposals(ctx);
  yield* unseen(ctx, followed, seen);
  if (whole?.proposer === "revert-moved") yield* reverts;
  yield* unseen(ctx, [...(await partReverts(ctx)), ...guessed, ...hidden], seen);
  for (const propose of others) yield* propose(ctx);
}

async function wholeRevert(ctx: RepairContext): Promise<PatchProposal | null> {
  const { culprit, revert } = ctx;
  if (culprit === null || "reason" in revert) return null;
  const subject = await ctx.repository.subjectOf(culprit.sha);
  const elsewhere = await writtenElsewhere(ctx);
  return {
    proposer: revert.isPorted ? "revert-moved" : "revert",
    kind: "revert",
    diff: revert.diff,
    explanation: `Undoes ${culprit.sha.slice(0, 10)} (${subject.slice(0, 120)}) on top of the deployed commit${revert.isPorted ? ", among what later commits changed there" : ""}.`,
    ...(elsewhere.length === 0 ? {} : { caution: cautionOf(elsewhere) }),
  };
}

/**
 * The part of the blamed commit that fails, undone alone, where the commit did other things beside. Its tests stay, until they are known to
 * fail with that part undone.
 */
async function relatedRevert(
  ctx: RepairContext,
  failing: readonly string[] | null = null,
): Promise<PatchProposal | null> {
  const undone = await undoRelated(ctx, failing);
  if (undone === null) return null;
  return {
    proposer: "revert-part",
    kind: "revert",
    diff: undone.diff,
    explanation: `Undoes of ${ctx.culprit?.sha.slice(0, 10)} what fails and what belongs to it; what else it did stays: ${listed(undone.stays)}.`,
    withoutFailing: async (more) => {
      const next = await relatedRevert(ctx, [...(failing ?? []), ...more]);
      return next === null || next.diff === undone.diff ? null : next;
    },
  };
}

function cautionOf(places: readonly string[]): string {
  return `The revert takes back all of that commit, also what it did beside the failing code: ${listed(places)}.`;
}

function listed(places: readonly string[]): string {
  const more = places.length > placesMax ? ` and ${places.length - placesMax} more` : "";
  return places.slice(0, placesMax).join(", ") + more;
}

/** The proposals as diffs, each once, without those that do not parse. */
async function* unseen(
  ctx: RepairContext,
  proposals: readonly FileProposal[],
  seen: Set<string>,
): AsyncGenerator<PatchProposal> {
  for (const proposal of proposals) {
    if (!isWellFormed(ctx.deps, proposal.path, proposal.text)) continue;
    const diff = await ctx.repository.diffOfEdits(ctx.base, [{ path: proposal.path, text: proposal.text }]);
    if (diff === "" || seen.has(diff)) continue;
    seen.add(diff);
    const probe =
      proposal.probe === undefined
        ? {}
        : { probeDiff: await ctx.repository.diffOfEdits(ctx.base, [{ path: proposal.path, text: proposal.probe }]) };
    yield { proposer: proposal.proposer, kind: proposal.kind, diff, explanation: proposal.explanation, ...probe };
  }
}

async function partReverts(ctx: RepairContext): Promise<FileProposal[]> {
  return (await undoInParts(ctx)).map(({ path, text, words }) => ({
    proposer: "revert-part",
    kind: "revert" as const,
    path,
    text,
    explanation: `Undoes ${words} in ${ctx.culprit?.sha.slice(0, 10)}; the rest of that commit stays.`,
  }));
}

interface FileProposals {
  /** Follows the blamed change where it forgot something. */
  readonly followed: readonly FileProposal[];
  /** May be right: a test has to say. */
  readonly guessed: readonly FileProposal[];
  /** Lets the failure pass. */
  readonly hidden: readonly FileProposal[];
}

async function fileProposals(ctx: RepairContext): Promise<FileProposals> {
  const { errorType, errorMessage } = ctx.repairCase;
  const failure = readFailure(errorType, errorMessage);
  const culpritDiff = ctx.culprit?.diff ?? "";
  const followed: FileProposal[] = [...(await movedImports(ctx)), ...(await settings(ctx))];
  const [unwrapped, moved, hidden]: [FileProposal[], FileProposal[], FileProposal[]] = [[], [], []];
  for (const [depth, frame] of ctx.frames.slice(0, framesMax).entries()) {
    const source = /\.[cm]?[jt]sx?$/.test(frame.path) ? await ctx.repository.readFile(ctx.base, frame.path) : null;
    const tree = source === null ? null : ctx.deps.parseModule(frame.path, source);
    if (source === null || tree === null) continue;
    const file: FailingFile = { path: frame.path, source, tree, line: frame.line, column: frame.column };
    followed.push(
      ...(failure === null ? [] : proposeRestoredNames(file, failure, culpritDiff)),
      ...proposeRestoredAwaits(file, culpritDiff),
      ...proposeFollowedParameters(file, culpritDiff),
    );
    if (failure !== null) unwrapped.push(...proposeUnwrappedValues(file, culpritDiff));
    moved.push(...proposeMovedBoundaries(file, linesOfCulprit(culpritDiff, file)));
    // The failing read is on the innermost line; a guard further out would guard something else.
    if (depth === 0 && failure !== null) hidden.push(...proposeNullGuards(file, failure));
    if (isParseFailure(errorType, errorMessage)) hidden.push(...proposeParseGuards(file));
  }
  return { followed, guessed: [...unwrapped, ...moved], hidden };
}

/** Lines of the file, as it is now, whose text the blamed change wrote. */
function linesOfCulprit(culpritDiff: string, { path, source }: FailingFile): Set<number> {
  const written = new Set(
    (partsOf(culpritDiff).get(path) ?? []).flatMap(({ added }) => added.map((text) => text.trim())),
  );
  const lines = source.split("\n").map((text) => text.trim());
  return new Set(lines.flatMap((text, at) => (text !== "" && written.has(text) ? [at + 1] : [])));
}

/** Imports of what an error says is missing, in the module that asked for it. */
async function movedImports(ctx: RepairContext): Promise<FileProposal[]> {
  const asked = readMissingModule(ctx.repairCase.errorMessage);
  if (asked === null) return [];
  const frame = { file: asked.importer, line: 1, column: null, function: null, module: null, isInApp: true };
  const paths =
    asked.importer === null
      ? ctx.frames.map(({ path }) => path)
      : matchFrames([frame], ctx.files).map(({ path }) => path);
  const proposals: FileProposal[] = [];
  for (const path of new Set(paths)) {
    const source = await ctx.repository.readFile(ctx.base, path);
    const tree = source === null ? null : ctx.deps.parseModule(path, source);
    if (source !== null && tree !== null)
      proposals.push(...proposeMovedImports({ path, source, tree }, ctx.files, ctx.culprit?.diff ?? ""));
  }
  return proposals;
}

/** Settings that the blamed change took out of a JSON file, put back. */
async function settings(ctx: RepairContext): Promise<FileProposal[]> {
  const { culprit, repository, base } = ctx;
  if (culprit?.parent == null) return [];
  const proposals: FileProposal[] = [];
  for (const path of partsOf(culprit.diff).keys()) {
    if (!/\.json$/.test(path) || /(?:^|\/)(?:package|package-lock|tsconfig[^/]*)\.json$/.test(path)) continue;
    const [before, after, now] = await Promise.all([
      repository.readFile(culprit.parent, path),
      repository.readFile(culprit.sha, path),
      repository.readFile(base, path),
    ]);
    if (before === null || after === null || now === null) continue;
    const restored = restoreSettings({ before, after, now }, (source) => ctx.deps.parseModule("settings.js", source));
    if (restored === null) continue;
    proposals.push({
      proposer: "restore-setting",
      kind: "fix",
      path,
      text: restored.text,
      explanation: `Puts back what ${culprit.sha.slice(0, 10)} took out of ${path}: ${restored.keys.slice(0, 5).join(", ")}.`,
    });
  }
  return proposals;
}
