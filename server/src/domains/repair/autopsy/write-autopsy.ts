import { randomBytes } from "node:crypto";
import { type Kysely, sql } from "kysely";
import { type Claim, citeClaims } from "../../../analysis/autopsy/cite.ts";
import { cleanModelText } from "../../../analysis/autopsy/clean-model-text.ts";
import { cleanSteps } from "../../../analysis/autopsy/clean-steps.ts";
import { confidenceOf } from "../../../analysis/autopsy/confidence.ts";
import type { FittedContext } from "../../../analysis/autopsy/context-part.ts";
import { fitContext } from "../../../analysis/autopsy/fit-context.ts";
import { writeCodingPrompt } from "../../../analysis/autopsy/write-coding-prompt.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { loadRepairCase, type RepairCase } from "../load-repair-case.ts";
import { openRepairCase } from "../open-repair-case.ts";
import type { RepairContext } from "../repair-context.ts";
import type { Progress } from "../repair-deps.ts";
import { askModel, type ModelResult } from "./ask-model.ts";
import type { AutopsyDeps } from "./autopsy-deps.ts";
import { codeParts } from "./code-parts.ts";
import { type Draft, draftOf } from "./draft-of.ts";
import type { FoundPart, NotRead } from "./found-part.ts";
import { type FrameSnapshot, readFrames } from "./frame-snapshots.ts";
import { mayAsk } from "./may-ask.ts";
import type { AutopsySettings } from "./model-port.ts";
import { nextSteps } from "./next-steps.ts";
import { failurePart, recalledParts, recordParts } from "./record-parts.ts";
import { type AnswerRow, saveAnswer } from "./save-answer.ts";
import { identifyParts, storeContext } from "./store-context.ts";

/** What an autopsy came to. */
export interface WrittenAutopsy {
  readonly revision: number;
  readonly rootCause: string;
  readonly confidence: number | null;
  readonly modelUsed: string;
  readonly modelOutcome: ModelResult["outcome"];
  readonly modelReason: string;
  readonly hasDraft: boolean;
  /** Whether a frame of the failure lies in the project's repository. */
  readonly hasCode: boolean;
  readonly durationMs: number;
}

/** A window below this is a local model's; it is asked for less. */
const SMALL_WINDOW = 16_000;
/** What instructions and the frames around the data take. */
const OVERHEAD_TOKENS = 900;
const CHARACTERS_PER_TOKEN = 3;
const CHARACTERS_MIN = 2_000;
const CLAIM_CHARS = 600;

/**
 * Gathers what is known of an incident, asks the model where one is set up, and stores the answer as the current one beside all
 * earlier ones. Without a model, and wherever it fails, the answer is the rules'. A patch that the model drafts is only kept: the
 * repair proposes it like all others.
 * @throws CulpritError NOT_FOUND when there is no such incident.
 */
export async function writeAutopsy(
  deps: AutopsyDeps,
  { incidentId }: { readonly incidentId: string },
  progress: Progress = () => {},
): Promise<WrittenAutopsy> {
  const startedAt = performance.now();
  const { db } = deps.database;
  const repairCase = await loadRepairCase(db, incidentId);
  const opened = await openRepairCase(deps, repairCase).catch((error: unknown) => ({
    reason: `The repository can't be read: ${error instanceof Error ? error.message.slice(0, 300) : "unknown"}`,
  }));
  const ctx = "ctx" in opened ? opened.ctx : null;
  try {
    const gathered = await gather(deps, repairCase, ctx);
    const sources = await identifyParts(db, incidentId, gathered.parts);
    const charactersMax = charactersFor(deps.autopsySettings);
    const context = fitContext([...sources.keys()], charactersMax);
    const notRead = "reason" in opened ? [...gathered.notRead, noCode(opened.reason)] : gathered.notRead;
    await storeContext(db, repairCase, context, sources, gathered.snapshots);
    await progress(toldOf(context, notRead));
    const revision = await nextAnswer(db, incidentId);
    const asked = await ask(deps, repairCase, context, revision);
    if (asked.outcome !== "off") await progress(asked.reason);
    const said = await saidBy(ctx, asked, context);
    const rootCause = rulesRootCause(repairCase);
    const isModels = said.claims.length > 0;
    const confidence = confidenceOf(repairCase.hypothesis?.confidence ?? null, null);
    const words = isModels ? said.claims.map(({ text }) => text).join(" ") : rootCause;
    const durationMs = performance.now() - startedAt;
    const row: AnswerRow = {
      revision,
      baseCommit: ctx?.base ?? null,
      rootCause: words,
      claims: isModels ? said.claims : [rulesClaim(rootCause, context)].filter((claim) => claim.evidenceIds.length > 0),
      manualSteps: [...nextSteps(repairCase, ctx), ...said.steps],
      prompt: writeCodingPrompt({
        ...{ title: repairCase.title, baseCommit: ctx?.base ?? null },
        ...{ rootCause: words, context },
      }),
      draft: said.draft,
      confidence,
      modelUsed: isModels && deps.autopsyModel !== null ? deps.autopsyModel.name : "rules",
      modelOutcome: asked.outcome === "answered" && !isModels ? "unsupported" : asked.outcome,
      modelReason: asked.reason,
      struckOut: said.struckOut,
      context,
      isSmall: isSmall(deps.autopsySettings),
      notRead,
      durationMs,
    };
    await saveAnswer(deps.database, repairCase, row);
    const { modelUsed, modelOutcome } = row;
    return {
      ...{ revision, rootCause: words, confidence: confidence.score, modelUsed, modelOutcome },
      ...{
        modelReason: asked.reason,
        hasDraft: said.draft !== null,
        hasCode: (ctx?.frames.length ?? 0) > 0,
        durationMs: Math.round(durationMs),
      },
    };
  } finally {
    await ctx?.repository.close();
  }
}

interface Gathered {
  readonly parts: readonly FoundPart[];
  readonly notRead: readonly NotRead[];
  /** Null where there is no code to read. */
  readonly snapshots: readonly FrameSnapshot[] | null;
}

async function gather(deps: AutopsyDeps, repairCase: RepairCase, ctx: RepairContext | null): Promise<Gathered> {
  const [records, recalled] = await Promise.all([
    recordParts(deps.database.db, repairCase),
    recalledParts(deps, repairCase),
  ]);
  const read = ctx === null ? null : await readFrames(ctx);
  const code = ctx === null || read === null ? [] : await codeParts(deps, ctx, read.frames);
  return {
    parts: [failurePart(repairCase), ...code, ...records, ...recalled.parts],
    notRead: [...recalled.notRead, ...(read?.notRead ?? [])],
    snapshots: read === null ? null : read.frames.map(({ snapshot }) => snapshot),
  };
}

function isSmall({ windowTokens }: AutopsySettings): boolean {
  return windowTokens > 0 && windowTokens < SMALL_WINDOW;
}

/** As many characters as the settings say, and never more than fit into the model's window beside its answer. */
function charactersFor({ contextCharactersMax, windowTokens, outputTokensMax }: AutopsySettings): number {
  if (windowTokens === 0) return contextCharactersMax;
  const room = (windowTokens - outputTokensMax - OVERHEAD_TOKENS) * CHARACTERS_PER_TOKEN;
  return Math.min(contextCharactersMax, Math.max(CHARACTERS_MIN, room));
}

async function ask(
  deps: AutopsyDeps,
  repairCase: RepairCase,
  context: FittedContext,
  revision: number,
): Promise<ModelResult> {
  const { projectId, incidentId } = repairCase;
  const off = (reason: string): ModelResult => ({ outcome: "off", reason, answer: null, labels: new Map() });
  if (deps.autopsyModel === null) return off("No model is set up (AUTOPSY_MODEL): the rules answered.");
  if (!(await mayAsk(deps.database.db, projectId)))
    return off("The project's setting forbidModel keeps its code from models: the rules answered.");
  const boundary = randomBytes(9).toString("hex");
  return askModel(deps, deps.autopsyModel, {
    projectId,
    incidentId,
    revision,
    context,
    isSmall: isSmall(deps.autopsySettings),
    boundary,
  });
}

interface Said {
  readonly claims: readonly Claim[];
  readonly steps: readonly string[];
  readonly draft: Draft | null;
  readonly struckOut: readonly string[];
}

/** Of a model's answer what may be shown and proposed. */
async function saidBy(
  ctx: RepairContext | null,
  { answer, labels }: ModelResult,
  context: FittedContext,
): Promise<Said> {
  if (answer === null) return { claims: [], steps: [], draft: null, struckOut: [] };
  const struckOut: string[] = [];
  const cited = citeClaims(answer.root_cause, labels);
  const claims = cited.claims.flatMap(({ text: raw, evidenceIds }) => {
    const { text, removed } = cleanModelText(raw, CLAIM_CHARS);
    if (removed.length > 0) struckOut.push(`Taken out of a sentence: ${removed.join(" and ")}.`);
    return text.replace(/\[link\]|\[\w+\]/g, "").trim() === "" ? [] : [{ text, evidenceIds }];
  });
  const steps = cleanSteps(answer.manual_steps);
  const shown = new Set(
    context.parts.flatMap(({ part, isIncluded }) => (isIncluded && part.path !== null ? [part.path] : [])),
  );
  const drafted = await draftOf(ctx, answer.patch, shown);
  if (drafted !== null && "reason" in drafted) struckOut.push(`Its patch is not proposed: ${drafted.reason}`);
  return {
    ...{ claims, steps: steps.steps, draft: drafted !== null && "draft" in drafted ? drafted.draft : null },
    struckOut: [...cited.struckOut, ...struckOut, ...steps.struckOut],
  };
}

function rulesRootCause({ verdictSummary, hypothesis }: RepairCase): string {
  return verdictSummary ?? hypothesis?.title ?? "The cause is not known yet.";
}

/** What the rules say rests on the verdict, or on the failure where there is none. */
function rulesClaim(text: string, context: FittedContext): Claim {
  const cited = context.parts.filter(
    ({ part, isIncluded }) => isIncluded && (part.kind === "verdict" || part.kind === "failing_code"),
  );
  const fallback = context.parts.filter(({ part, isIncluded }) => isIncluded && part.kind === "failure");
  return { text, evidenceIds: (cited.length > 0 ? cited : fallback).map(({ part }) => part.evidenceId) };
}

function noCode(reason: string): NotRead {
  return { kind: "failing_code", title: "The code", reason };
}

function toldOf({ characters, charactersMax, parts }: FittedContext, notRead: readonly NotRead[]): string {
  const left = parts.filter(({ isIncluded }) => !isIncluded).length + notRead.length;
  return `Gathered ${parts.length - parts.filter(({ isIncluded }) => !isIncluded).length} parts, ${characters} of ${charactersMax} characters; ${left} left out.`;
}

async function nextAnswer(db: Kysely<DB>, incidentId: string): Promise<number> {
  const { rows } = await sql<{ revision: number }>`
    SELECT greatest((SELECT max(revision) FROM autopsy_answers WHERE incident_id = ${incidentId}),
      (SELECT max(revision) FROM model_calls WHERE incident_id = ${incidentId}), 0) + 1 AS revision`.execute(db);
  return rows[0]?.revision ?? 1;
}
