import { strengthOfSurprise, surpriseOfRates } from "../../detection/surprise.ts";
import type { ScorePart } from "../../observations/component-score.ts";
import type { LogPattern, Observations } from "../../observations/observations.ts";
import { tellsOfTrouble } from "../../traces/tells-of-trouble.ts";
import type { Modality } from "./modality.ts";
import { whoIsToldOf } from "./told-trouble.ts";

const CHANCE = 2;
/** What a line says of another component is hearsay. */
const MENTIONED = 0.8;

/**
 * Components that write lines which tell of trouble, new ones or more of them than before (novel templates as evidence: Lin et al., LogCluster, ICSE-SEIP 2016), and
 * components that such lines of others name. Where whole traces tell what happens within each operation, what a component writes is judged
 * there, and only the naming is read here. A few lines are a weak sign where others write hundreds.
 */
export const logNovelty: Modality = (observations, credit = () => 1) => {
  const traced = new Set((observations.spanPatterns ?? []).map(({ component }) => component));
  const own = new Map<string, ScorePart>();
  const named = new Map<string, ScorePart>();
  const minutes = countedMinutes(observations);
  const risen = observations.logs.flatMap((pattern) => {
    const strength = tellsOfTrouble(pattern.template, pattern.severity) ? riseOf(pattern, minutes) : 0;
    return strength > 0 ? [{ pattern, strength, rise: pattern.incidentPerMinute - pattern.baselinePerMinute }] : [];
  });
  const most = Math.max(...risen.map(({ rise }) => rise));
  for (const { pattern, strength: surprise, rise } of risen) {
    const strength = surprise * Math.sqrt(rise / most);
    const { component, template, example, ref } = pattern;
    const told = whoIsToldOf(example, component, observations);
    if (!traced.has(component)) {
      keep(own, component, { method: "log_novelty", strength: told.own * strength, text: describe(pattern), ref });
    }
    // A name that was taken for a value is one of many.
    const byTemplate = whoIsToldOf(template, component, observations).named;
    for (const key of byTemplate.length > 0 ? byTemplate : notNamed(told.named, example, observations)) {
      const text = `Named by ${component}: ${describe(pattern)}`;
      keep(named, key, {
        method: "log_mention",
        strength: MENTIONED * credit(component, key) * strength,
        text,
        ref,
      });
    }
  }
  const parts = new Map(own);
  for (const [component, part] of named) keep(parts, component, part);
  return parts;
};

/** Whom a line means without naming them. */
function notNamed(keys: readonly string[], line: string, { components }: Observations): readonly string[] {
  return keys.filter((key) => components.some((one) => one.key === key && !line.includes(one.name)));
}

function keep(parts: Map<string, ScorePart>, component: string, part: ScorePart): void {
  const known = parts.get(component);
  if (known === undefined || known.strength < part.strength) parts.set(component, part);
}

/** How long each of the two times was counted: less than the whole where the rates say so. */
function countedMinutes(observations: Observations): { before: number; now: number } {
  const { baseline, incident, logs } = observations;
  const counted = (count: number | undefined, perMinute: number) =>
    count === undefined || perMinute <= 0 ? Number.POSITIVE_INFINITY : count / perMinute;
  const least = (whole: { from: number; to: number }, parts: readonly number[]) =>
    parts.reduce((a, b) => Math.min(a, b), (whole.to - whole.from) / 60_000);
  return {
    before: least(
      baseline,
      logs.map((one) => counted(one.baselineCount, one.baselinePerMinute)),
    ),
    now: least(
      incident,
      logs.map((one) => counted(one.incidentCount, one.incidentPerMinute)),
    ),
  };
}

function riseOf(pattern: LogPattern, minutes: { before: number; now: number }): number {
  if (pattern.incidentPerMinute <= pattern.baselinePerMinute) return 0;
  const before = { count: pattern.baselinePerMinute * minutes.before, of: minutes.before };
  const now = { count: pattern.incidentPerMinute * minutes.now, of: minutes.now };
  return strengthOfSurprise(surpriseOfRates(before, now), CHANCE);
}

function describe({ template, baselinePerMinute, incidentPerMinute }: LogPattern): string {
  const text = template.length > 140 ? `${template.slice(0, 139)}…` : template;
  const before = baselinePerMinute === 0 ? "never before" : `${baselinePerMinute.toFixed(1)} a minute before`;
  return `“${text}” ${incidentPerMinute.toFixed(1)} times a minute, ${before}`;
}
