import { subjectKey } from "../../inspections/finding.ts";
import { nameOf } from "../../inspections/observed/observed.ts";
import { type CriticRule, unlikelyMax } from "./objection.ts";

/** An accused component that was back to its usual before the end, such as after a restart or a warm-up, is not called the likely cause of trouble that is looked at now. */
export const troublePassed: CriticRule = ({ observed, ranked, findings }) => {
  const passed = new Set(
    findings.flatMap(({ feature, subject }) =>
      feature === "passing" && subject.kind === "component" ? [subject.key] : [],
    ),
  );
  return ranked.flatMap(({ subject, component }) =>
    component === null || !passed.has(component)
      ? []
      : [
          {
            rule: "trouble_passed",
            subject: subjectKey(subject),
            effect: "downgraded" as const,
            confidenceMax: unlikelyMax,
            text: `${nameOf(observed, component)} was back to its usual before the end`,
            missing: null,
            proposes: null,
          },
        ],
  );
};
