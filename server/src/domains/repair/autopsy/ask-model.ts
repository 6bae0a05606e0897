import type { FittedContext } from "../../../analysis/autopsy/context-part.ts";
import {
  type ModelPrompt,
  PROMPT_VERSION,
  writeModelPrompt,
  writeRepairPrompt,
} from "../../../analysis/autopsy/write-model-prompt.ts";
import { type ModelAnswer, parseModelAnswer } from "./answer-schema.ts";
import type { AutopsyDeps } from "./autopsy-deps.ts";
import { estimateTokens, reserveCall, settleCall } from "./model-budget.ts";
import type { AutopsyModel, ModelReply } from "./model-port.ts";

export type ModelOutcome =
  | "off"
  | "answered"
  | "repaired"
  | "over_budget"
  | "timeout"
  | "unreachable"
  | "refused"
  | "too_long"
  | "nonsense"
  | "unsupported";

/** What became of asking; `answer` is null for everything but `answered` and `repaired`. */
export interface ModelResult {
  readonly outcome: ModelOutcome;
  readonly reason: string;
  readonly answer: ModelAnswer | null;
  /** What the prompt called each piece of evidence. */
  readonly labels: ReadonlyMap<string, string>;
}

interface About {
  readonly projectId: string;
  readonly incidentId: string;
  readonly revision: number;
  readonly context: FittedContext;
  readonly isSmall: boolean;
  /** A random word for this prompt alone. */
  readonly boundary: string;
}

/**
 * Asks the model within the limits, once more where its answer has the wrong shape, and gives up then. Every call is a row, also
 * one that failed. Never throws for what the other side does.
 */
export async function askModel(deps: AutopsyDeps, model: AutopsyModel, about: About): Promise<ModelResult> {
  const first = writeModelPrompt(about.context, about);
  const asked = await askOnce(deps, model, about, first, "autopsy");
  if (asked.kind !== "answered") return failed(asked, first);
  const parsed = parseModelAnswer(asked.text);
  if ("answer" in parsed)
    return { outcome: "answered", reason: `${model.name} answered.`, answer: parsed.answer, labels: first.labels };
  const problem = asked.isCut ? `it was cut off; ${parsed.problem}` : parsed.problem;
  const again = {
    ...first,
    prompt: writeRepairPrompt(first, { boundary: about.boundary, answer: asked.text, problem }),
  };
  const second = await askOnce(deps, model, about, again, "repair_round");
  const reparsed = second.kind === "answered" ? parseModelAnswer(second.text) : null;
  if (reparsed !== null && "answer" in reparsed)
    return {
      ...{ outcome: "repaired", reason: `${model.name} answered at the second try: ${problem}` },
      ...{ answer: reparsed.answer, labels: first.labels },
    };
  const then = reparsed === null ? reasonOf(second) : `then ${reparsed.problem}`;
  const reason = `${model.name} gave no answer that can be used: ${problem} ${then}`;
  return { outcome: "nonsense", reason, answer: null, labels: first.labels };
}

type Asked = ModelReply | { readonly kind: "over_budget"; readonly reason: string };

async function askOnce(
  deps: AutopsyDeps,
  model: AutopsyModel,
  about: About,
  { system, prompt }: ModelPrompt,
  purpose: "autopsy" | "repair_round",
): Promise<Asked> {
  const { autopsySettings: settings } = deps;
  const tokensIn = estimateTokens(system) + estimateTokens(prompt);
  const reserved = await reserveCall(
    deps.database,
    settings,
    {
      ...{ projectId: about.projectId, incidentId: about.incidentId, revision: about.revision },
      ...{ purpose, model: model.name, host: model.host, promptVersion: PROMPT_VERSION },
      ...{ tokensIn, tokensOut: settings.outputTokensMax, timeoutMs: settings.callTimeoutMs },
    },
    deps.now(),
  );
  if ("reason" in reserved) return { kind: "over_budget", reason: reserved.reason };
  const startedAt = performance.now();
  const { outputTokensMax, callTimeoutMs: timeoutMs } = settings;
  const reply = await model.ask({ system, prompt, outputTokensMax, timeoutMs });
  const durationMs = performance.now() - startedAt;
  await settleCall(deps.database.db, settings, reserved.callId, reply, { tokensIn, durationMs });
  return reply;
}

function failed(asked: Exclude<Asked, { kind: "answered" }>, { labels }: ModelPrompt): ModelResult {
  return { outcome: asked.kind, reason: asked.reason, answer: null, labels };
}

function reasonOf(asked: Asked): string {
  return asked.kind === "answered" ? "" : asked.reason;
}
