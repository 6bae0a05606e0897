import { z } from "zod";
import { proofStepSchema } from "./incident.ts";

/** What a running repair tells of one step of its proof, as the `metadata` of a line of its execution's log: that it began, then how it ended. */
export const proofProgressSchema = z.object({
  /** Which patch of the repair, from 1. */
  attempt: z.number().int(),
  proof_step: proofStepSchema.extend({ outcome: z.enum(["running", ...proofStepSchema.shape.outcome.options]) }),
});
export type ProofProgress = z.infer<typeof proofProgressSchema>;
