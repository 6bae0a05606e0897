import { z } from "zod";
import type { Truth } from "../scenarios/fault.ts";

/** What `culprit diagnose --json --signals` says of each alternative. */
export const signalsSchema = z.object({
  signals: z.array(
    z.object({
      kind: z.enum(["component", "change", "traffic", "unknown"]),
      component: z.string().nullable(),
      change_id: z.string().nullable(),
      features: z.record(z.string(), z.number()),
    }),
  ),
});
export type Signals = z.infer<typeof signalsSchema>["signals"];

/** One case: what was seen of each alternative, by feature, and which alternatives are right. */
export interface Choice {
  readonly kind: string;
  readonly alternatives: readonly { readonly features: Readonly<Record<string, number>>; readonly isRight: boolean }[];
}

/** The alternatives of a case with their features; null where none of them is right, which teaches nothing. */
export function choiceOf(signals: Signals, truth: Truth): Choice | null {
  const known = new Set(signals.flatMap(({ change_id }) => change_id ?? []));
  const alternatives = signals.map((one) => ({ features: one.features, isRight: isRight(one, truth, known) }));
  return alternatives.some((one) => one.isRight) ? { kind: truth.kind, alternatives } : null;
}

function isRight({ kind, component, change_id }: Signals[number], truth: Truth, known: ReadonlySet<string>): boolean {
  const causes = truth.causes.filter((cause) => cause.component === component);
  switch (kind) {
    case "unknown":
      return truth.causes.length === 0 || truth.mayBeNone;
    case "traffic":
      return causes.some(({ types }) => types.includes("traffic"));
    case "change":
      return truth.causes.some(({ changeId }) => changeId === change_id);
    case "component":
      return causes.some(
        ({ changeId, types }) =>
          (changeId === null || !known.has(changeId)) && types.some((type) => type !== "traffic"),
      );
  }
}
