import { type Kysely, sql } from "kysely";
import type { Database } from "../../../platform/db/open-database.ts";
import type { DB } from "../../../platform/db/tables.generated.ts";
import { newId } from "../../../platform/ids/ids.ts";
import type { AutopsySettings, ModelLimits, ModelReply } from "./model-port.ts";

export interface PlannedCall {
  readonly projectId: string;
  readonly incidentId: string;
  readonly revision: number;
  readonly purpose: "autopsy" | "repair_round";
  readonly model: string;
  readonly host: string;
  readonly promptVersion: string;
  /** The most that it may come to. */
  readonly tokensIn: number;
  readonly tokensOut: number;
  readonly timeoutMs: number;
}

/**
 * Takes a call out of the limits before it is made, at the most that it may come to, so that calls which run at once can't pass them
 * together. What died before it was settled stays counted at that. @returns the call, or why it may not be made.
 */
export async function reserveCall(
  database: Pick<Database, "transaction">,
  settings: AutopsySettings,
  call: PlannedCall,
  now: Date,
): Promise<{ readonly callId: string } | { readonly reason: string }> {
  const cost = costOf(settings, call.tokensIn, call.tokensOut);
  const asked = { calls: 1, tokens: call.tokensIn + call.tokensOut, seconds: call.timeoutMs / 1000, cost };
  return database.transaction(async (tx) => {
    await sql`SELECT pg_advisory_xact_lock(hashtext('culprit.model_budget'))`.execute(tx);
    const day = new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate()));
    const { rows } = await sql<Used & { readonly scope: "incident" | "day" }>`
      SELECT 'incident' AS scope, ${sums} FROM model_calls WHERE incident_id = ${call.incidentId}
      UNION ALL SELECT 'day', ${sums} FROM model_calls WHERE asked_at >= ${day}`.execute(tx);
    for (const used of rows) {
      const limits = used.scope === "incident" ? settings.perIncident : settings.perDay;
      const reason = refusal(used, asked, limits, used.scope === "incident" ? "for this incident" : "today");
      if (reason !== null) return { reason };
    }
    const callId = newId();
    await tx
      .insertInto("model_calls")
      .values({
        ...{ id: callId, project_id: call.projectId, incident_id: call.incidentId, revision: call.revision },
        ...{ purpose: call.purpose, model: call.model.slice(0, 255), host: call.host.slice(0, 255) },
        ...{ prompt_version: call.promptVersion, tokens_in: call.tokensIn, tokens_out: call.tokensOut },
        ...{ cost, duration_ms: Math.round(call.timeoutMs), asked_at: now },
      })
      .execute();
    return { callId };
  });
}

/** Writes what a call came to in place of the most that it might have. Tokens that the other side did not count are estimated. */
export async function settleCall(
  db: Kysely<DB>,
  settings: AutopsySettings,
  callId: string,
  reply: ModelReply,
  estimated: { readonly tokensIn: number; readonly durationMs: number },
): Promise<void> {
  const isAnswer = reply.kind === "answered";
  // A question without an answer was read all the same; whether it is charged for, nobody says.
  const tokensIn = (isAnswer ? reply.tokensIn : null) ?? (reply.kind === "unreachable" ? 0 : estimated.tokensIn);
  const tokensOut = isAnswer ? (reply.tokensOut ?? estimateTokens(reply.text)) : 0;
  await db
    .updateTable("model_calls")
    .set({
      outcome: reply.kind,
      reason: isAnswer ? null : reply.reason.replaceAll("\u0000", "").toWellFormed(),
      tokens_in: tokensIn,
      tokens_out: tokensOut,
      are_tokens_estimated: !isAnswer || reply.tokensIn === null || reply.tokensOut === null,
      cost: costOf(settings, tokensIn, tokensOut),
      duration_ms: Math.round(estimated.durationMs),
    })
    .where("id", "=", callId)
    .execute();
}

/** A token for three characters: more than English or code has, so that a limit is rather met too early. */
export function estimateTokens(text: string): number {
  return Math.ceil(text.length / 3);
}

interface Used {
  readonly calls: number;
  readonly tokens: number;
  readonly seconds: number;
  readonly cost: number;
}

const sums = sql`count(*)::int AS calls, coalesce(sum(tokens_in + tokens_out), 0)::float8 AS tokens,
  coalesce(sum(duration_ms), 0)::float8 / 1000 AS seconds, coalesce(sum(cost), 0)::float8 AS cost`;

const units = { calls: "calls", tokens: "tokens", seconds: "seconds", cost: "of cost" } as const;

function refusal(used: Used, asked: Used, limits: ModelLimits, where: string): string | null {
  for (const unit of ["calls", "tokens", "seconds", "cost"] as const) {
    const limit = limits[unit];
    if (limit === 0 || used[unit] + asked[unit] <= limit) continue;
    const show = (value: number) => (unit === "cost" ? value.toFixed(4) : Math.ceil(value).toString());
    return `The model was not asked: ${show(used[unit])} ${units[unit]} are used ${where}, this would take up to ${show(asked[unit])}, and the limit is ${limit}.`;
  }
  return null;
}

function costOf({ priceIn, priceOut }: AutopsySettings, tokensIn: number, tokensOut: number): number {
  return (tokensIn * priceIn + tokensOut * priceOut) / 1_000_000;
}
