import { subjectKey } from "../../inspections/finding.ts";
import { nameOf } from "../../inspections/observed/observed.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";

/** An accused service whose own series all stayed within the usual is downgraded, with every change made to it. */
export const accusedHealthy: CriticRule = ({ observed, ranked, findings }) => {
  const healthy = new Set(
    findings.flatMap(({ feature, subject }) =>
      feature === "healthy" && subject.kind === "component" ? [subject.key] : [],
    ),
  );
  return ranked.flatMap(({ subject, component }) =>
    component === null || !healthy.has(component)
      ? []
      : [
          {
            rule: "accused_healthy",
            subject: subjectKey(subject),
            effect: "downgraded" as const,
            confidenceMax: unlikelyMax,
            text: `${nameOf(observed, component)} is healthy by its own series`,
            missing: null,
            proposes: null,
          },
        ],
  );
};
