import { z } from "zod";
import { readJsonAnswer } from "../../../analysis/autopsy/read-json-answer.ts";

const editSchema = z.object({
  path: z.string().min(1).max(1024),
  find: z.string().min(1).max(20_000),
  replace: z.string().max(20_000),
});

/** What a model has to answer. Fields that nobody asked for are left out, not refused: small models add some. */
export const modelAnswerSchema = z.object({
  root_cause: z
    .array(z.object({ text: z.string().min(1).max(2000), evidence: z.array(z.string().max(200)).max(20).default([]) }))
    .min(1)
    .max(10),
  manual_steps: z.array(z.string().max(2000)).max(20).default([]),
  patch: z
    .object({
      kind: z.enum(["fix", "mitigation"]),
      explanation: z.string().max(4000).default(""),
      edits: z.array(editSchema).max(10).default([]),
      diff: z.string().max(60_000).optional(),
    })
    .nullish(),
});
export type ModelAnswer = z.infer<typeof modelAnswerSchema>;

/** The answer in a model's text, or what is wrong with it in words that hold nothing of the text itself. */
export function parseModelAnswer(text: string): { readonly answer: ModelAnswer } | { readonly problem: string } {
  const value = readJsonAnswer(text);
  if (value === undefined) return { problem: "it holds no JSON object that parses." };
  const parsed = modelAnswerSchema.safeParse(value);
  if (parsed.success) return { answer: parsed.data };
  const [issue] = parsed.error.issues;
  const where =
    issue?.path.filter((part) => typeof part === "number" || /^[a-z_]+$/.test(String(part))).join(".") ?? "";
  return { problem: `${where === "" ? "the object" : where}: ${issue?.code ?? "invalid"}.` };
}
