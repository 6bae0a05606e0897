import { foldName } from "../world/message-facts.ts";
import type { WorldConfigChange } from "../world/world.ts";
import { type Inspected, valueStandsIn } from "./context.ts";
import { describeWatch, trustInWatch } from "./describe-watch.ts";
import type { EvidenceDraft, Finding } from "./finding.ts";
import { readsSetting } from "./reads-setting.ts";
import { spanOf } from "./span-of.ts";

const authWords =
  /\b(?:401|403|unauthori[sz]ed|forbidden|signature|credential|authenticat|jwt|invalid (?:api )?key|password|access denied|permission denied)/i;

/**
 * Changes outside git that were reported shortly before the failure began, and what ties them to it. One that is tied
 * to it and came after the deployment speaks against the commits of that deployment.
 */
export function reportedConfigChange({ world, outside, candidates }: Inspected): Finding[] {
  const message = world.incident.exceptions.map((one) => one.message).join(" ");
  const firstAt = Date.parse(world.incident.firstAt);
  return world.configChanges.flatMap((change): Finding[] => {
    const lagMs = firstAt - Date.parse(change.detectedAt);
    // Clocks of reporters differ by seconds; what was changed after the failure began did not begin it.
    if (lagMs < -5_000 || lagMs > 86_400_000) return [];
    const evidence = changeEvidence(change);
    const subject = { kind: "config_change", id: change.id } as const;
    const near = lagMs <= 120_000 ? 2 : lagMs <= 900_000 ? 1.4 : lagMs <= 3_600_000 ? 0.8 : 0;
    const findings: Finding[] = [
      {
        inspection: "reported_config_change",
        subject,
        weight: near,
        text: `it was changed ${spanOf(Math.max(0, lagMs))} before the failure was first seen`,
        evidence,
        cause: "config",
      },
    ];
    const say = (weight: number, text: string) =>
      findings.push({ inspection: "reported_config_change", subject, weight, text, evidence, cause: "config" });
    const best = change.fields
      .map((field) => {
        const use = readsSetting(world, field.field);
        if (valueStandsIn(field.newValue, message))
          return { weight: 3.2, text: `the error shows the new value of ${field.field}` };
        if (field.field.length > 3 && message.split(/\W+/).some((word) => foldName(word) === foldName(field.field)))
          return { weight: 2.4, text: `the error names ${field.field}` };
        if (field.isSecret && authWords.test(message))
          return { weight: 2.5, text: `${field.field} is a secret and the error is about access` };
        return use === null
          ? null
          : { weight: 2.4 * use.weight, text: `the failing code reads ${field.field} (${use.where})` };
      })
      .reduce((a, b) => (b !== null && (a === null || b.weight > a.weight) ? b : a), null);
    if (best !== null) {
      say(best.weight, best.text);
      // The deployment had its chance: what ran without failing until a setting on the failing path changed is cleared in part.
      const watch = change.watchBefore;
      if (watch !== null && near > 0) {
        const text = `the failure began only when ${change.resource} was changed (${best.text}), not before with its revision (${describeWatch(watch)})`;
        const weight = -1.5 * trustInWatch(watch);
        for (const { sha } of candidates) {
          const subject = { kind: "commit", sha } as const;
          findings.push({ inspection: "reported_config_change", subject, weight, text, evidence });
        }
      }
    } else if (outside !== null) say(-2, "the error tells of another system, and nothing ties this setting to it");
    else if (world.regions.length > 0)
      say(-0.8, "the failing code does not read this setting, as far as its text shows");
    return findings;
  });
}

function changeEvidence(change: WorldConfigChange): EvidenceDraft {
  const rows = change.fields.map((field) =>
    field.isSecret
      ? `${field.field}: changed (secret, values not kept)`
      : `${field.field}: ${field.oldValue ?? "(unset)"} → ${field.newValue ?? "(unset)"}`,
  );
  return {
    kind: "sql_query",
    source: "postgres",
    ref: `sql:config_change_events?config_change_id=${change.id}`,
    title: `Change of ${change.resource} (${change.kind})`,
    snapshot: [`${change.detectedAt}, by ${change.actor ?? "somebody not named"}, from ${change.source}`, ...rows].join(
      "\n",
    ),
  };
}
