import type { ScorePart } from "../../observations/component-score.ts";
import type { LogPattern, Observations } from "../../observations/observations.ts";
import { tellsOfTrouble } from "../../traces/tells-of-trouble.ts";
import type { Modality } from "./modality.ts";
import { strengthOfSurprise, surpriseOfRates } from "./operation-counts.ts";
import { whoIsToldOf } from "./told-trouble.ts";

const CHANCE = 2;
/** What a line says of another component is hearsay. */
const MENTIONED = 0.8;

/**
 * Components that write lines which tell of trouble, new ones or more of them than before (novel templates as evidence: Lin et al., LogCluster, ICSE-SEIP 2016), and
 * components that such lines of others name. Where whole traces tell what happens within each operation, what a component writes is judged
 * there, and only the naming is read here.
 */
export const logNovelty: Modality = (observations) => {
  const traced = new Set((observations.spanPatterns ?? []).map(({ component }) => component));
  const own = new Map<string, ScorePart>();
  const named = new Map<string, ScorePart>();
  for (const pattern of observations.logs) {
    if (!tellsOfTrouble(pattern.template, pattern.severity)) continue;
    const strength = riseOf(pattern, observations);
    if (strength <= 0) continue;
    const told = whoIsToldOf(pattern.example, pattern.component, observations.components);
    if (!traced.has(pattern.component))
      keep(own, pattern.component, {
        method: "log_novelty",
        strength: told.own * strength,
        text: describe(pattern),
        ref: pattern.ref,
      });
    for (const key of told.named) {
      const text = `Named by ${pattern.component}: ${describe(pattern)}`;
      keep(named, key, { method: "log_mention", strength: MENTIONED * strength, text, ref: pattern.ref });
    }
  }
  const parts = new Map(own);
  for (const [component, part] of named) keep(parts, component, part);
  return parts;
};

function keep(parts: Map<string, ScorePart>, component: string, part: ScorePart): void {
  const known = parts.get(component);
  if (known === undefined || known.strength < part.strength) parts.set(component, part);
}

function riseOf(pattern: LogPattern, observations: Observations): number {
  const minutes = ({ from, to }: Observations["incident"]) => (to - from) / 60_000;
  const side = (count: number | undefined, perMinute: number, whole: number) => {
    const lines = count ?? perMinute * whole;
    // Rates of a part of the time were counted in that part.
    return { count: lines, of: perMinute > 0 ? lines / perMinute : whole };
  };
  const now = side(pattern.incidentCount, pattern.incidentPerMinute, minutes(observations.incident));
  const before = side(pattern.baselineCount, pattern.baselinePerMinute, minutes(observations.baseline));
  if (pattern.incidentPerMinute <= pattern.baselinePerMinute) return 0;
  return strengthOfSurprise(surpriseOfRates(before, now), CHANCE);
}

function describe({ template, baselinePerMinute, incidentPerMinute }: LogPattern): string {
  const text = template.length > 140 ? `${template.slice(0, 139)}…` : template;
  const before = baselinePerMinute === 0 ? "never before" : `${baselinePerMinute.toFixed(1)} a minute before`;
  return `“${text}” ${incidentPerMinute.toFixed(1)} times a minute, ${before}`;
}
