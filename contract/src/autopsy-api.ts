import { z } from "zod";
import { outdatedSchema, proofOutcomes } from "./incident.ts";

const instant = z.iso.datetime({ offset: true });

/** What became of asking a model; `off` where none was asked, everything after `repaired` means that the rules answered. */
export const modelOutcomes = [
  "off",
  "answered",
  "repaired",
  "over_budget",
  "timeout",
  "unreachable",
  "refused",
  "too_long",
  "nonsense",
  "unsupported",
] as const;

export const modelCallSchema = z.object({
  purpose: z.enum(["autopsy", "repair_round"]),
  model: z.string(),
  outcome: z.string(),
  reason: z.string().nullable(),
  tokens_in: z.number().int(),
  tokens_out: z.number().int(),
  /** Whether the other side did not count them. */
  are_tokens_estimated: z.boolean(),
  /** In the currency of the prices in the settings. */
  cost: z.number(),
  duration_ms: z.number().int(),
  asked_at: instant,
});
export type ModelCall = z.infer<typeof modelCallSchema>;

/** A part of the context, or one that was left out. */
export const contextPartSchema = z.object({
  evidence_id: z.string().nullable(),
  kind: z.string(),
  title: z.string(),
  characters: z.number().int(),
  is_included: z.boolean(),
  is_cut: z.boolean(),
  /** Why it was cut or left out; null where it is whole. */
  reason: z.string().nullable(),
});

/** An attempt at a patch with what came of its proof. */
export const autopsyRunSchema = z.object({
  id: z.string(),
  revision: z.number().int(),
  proposer: z.string(),
  /** The model that drafted it; null where rules did. */
  model_used: z.string().nullable(),
  patch_kind: z.enum(["fix", "mitigation", "revert"]).nullable(),
  patch_applies: z.boolean().nullable(),
  patch_diff: z.string().nullable(),
  proof: z.enum(proofOutcomes),
  proof_reason: z.string(),
  duration_ms: z.number().int(),
  created_at: instant,
});
export type AutopsyRun = z.infer<typeof autopsyRunSchema>;

/** One answer about the cause of an incident. */
export const autopsyAnswerSchema = z.object({
  revision: z.number().int(),
  base_commit: z.string().nullable(),
  root_cause: z.string(),
  claims: z.array(z.object({ text: z.string(), evidence_ids: z.array(z.string()) })),
  manual_steps: z.array(z.string()),
  ai_fix_prompt: z.string(),
  confidence_score: z.number().min(0).max(1).nullable(),
  confidence_reason: z.string(),
  model_used: z.string(),
  prompt_version: z.string().nullable(),
  model_outcome: z.enum(modelOutcomes),
  model_reason: z.string(),
  struck_out: z.array(z.string()),
  context: z.object({
    characters_max: z.number().int(),
    characters: z.number().int(),
    is_small: z.boolean(),
    parts: z.array(contextPartSchema),
  }),
  /** The attempt at a patch that stands beside it; null before one. */
  run_id: z.string().nullable(),
  analysis_time_ms: z.number().int(),
  created_at: instant,
  calls: z.array(modelCallSchema),
  /** How it differs from the answer before it, each a sentence. */
  changes: z.array(z.string()),
});
export type AutopsyAnswer = z.infer<typeof autopsyAnswerSchema>;

/** Answer of `GET /api/incidents/:id/autopsies`: newest first, the first one stands. */
export const autopsiesSchema = outdatedSchema.extend({
  answers: z.array(autopsyAnswerSchema),
  runs: z.array(autopsyRunSchema),
  evidence: z.array(
    z.object({ id: z.string(), kind: z.string(), ref: z.string(), title: z.string(), snapshot: z.string() }),
  ),
  file_snapshots: z.array(
    z.object({
      path: z.string(),
      content: z.string(),
      line_number: z.number().int(),
      column: z.number().int().nullable(),
      first_line: z.number().int().nullable().default(null),
      function: z.string().nullable().default(null),
      commit: z.string().nullable().default(null),
    }),
  ),
  /** Of all answers of the incident, also those that are not listed. */
  totals: z.object({ calls: z.number().int(), tokens: z.number(), seconds: z.number(), cost: z.number() }),
});
export type Autopsies = z.infer<typeof autopsiesSchema>;
