import { surpriseOfShares } from "../detection/surprise.ts";
import type { BrokenSequence } from "../observations/observations.ts";
import type { Execution, ExecutionEvent } from "./executions.ts";

/** What held less often than this before is no rule; a span at the edge of a window may lack some of its lines. */
const HELD_MIN = 0.95;
/** Of many events of one operation those that happened in most of its spans: pairs of them are looked at. */
const EVENTS_MAX = 48;
/** The event that every span begins with. */
const START = "start";

interface Counts {
  readonly startMs: number;
  readonly counts: ReadonlyMap<string, number>;
}

/** Wherever `after` happens, `missing` happens at least as often, but need not more often than `most` times. */
interface Rule {
  readonly after: string;
  readonly missing: string;
  readonly most: number;
}

/** One span that a rule can be read off from. */
interface Reading {
  readonly atMs: number;
  readonly held: boolean;
}

type Break = Pick<
  BrokenSequence,
  "sinceMs" | "baselineSpans" | "baselineCount" | "incidentSpans" | "incidentCount" | "surprise"
>;

/**
 * Sequences that break off: wherever one event happened in a span before, another one happened at least as often, and now it does not. The rules are
 * invariants of counts as in Lou et al. ("Mining invariants from console logs for system problem detection", USENIX ATC 2010); those that break are
 * Nezha's patterns that lost their support (Yu et al., FSE 2023). What an exception skips shows in them though the operation still writes most of its
 * lines. A span in which something harmless goes with the first event that never went with it before took another way and is not read. Trouble
 * may begin later than the incident that it was opened for, so the instant from which the rule is broken is the likeliest one, paid for by the number
 * of instants tried (as BIC does for a change-point). Of each operation the most surprising rule for each missing event is given.
 */
export function brokenSequences(baseline: readonly Execution[], incident: readonly Execution[]): BrokenSequence[] {
  const before = Map.groupBy(baseline, keyOf);
  const now = Map.groupBy(incident, keyOf);
  return [...now.keys()].sort().flatMap((key) => {
    const usual = before.get(key);
    return usual === undefined ? [] : brokenIn(usual, now.get(key) ?? []);
  });
}

function keyOf({ component, operation }: Execution): string {
  return `${component}\n${operation}`;
}

function brokenIn(baseline: readonly Execution[], incident: readonly Execution[]): BrokenSequence[] {
  const [first] = baseline;
  if (first === undefined) return [];
  const known = commonEvents(baseline);
  const troubles = troublesOf([...baseline, ...incident]);
  const before = baseline.map(countsOf);
  const now = incident.map(countsOf).sort((a, b) => a.startMs - b.startMs);
  const strongest = new Map<string, BrokenSequence>();
  for (const after of [START, ...known.keys()]) {
    const withAfter = before.filter(({ counts }) => counts.has(after));
    const most = withAfter.reduce((max, { counts }) => Math.max(max, counts.get(after) ?? 0), 0);
    const company = new Set(withAfter.flatMap(({ counts }) => [...counts.keys()]));
    const readable = now.filter(
      ({ counts }) => counts.has(after) && [...counts.keys()].every((name) => company.has(name) || troubles.has(name)),
    );
    for (const [missing, event] of known) {
      if (missing === after || !company.has(missing)) continue;
      const rule: Rule = { after, missing, most };
      const kept = withAfter.filter((one) => holds(one, rule)).length;
      if (kept < HELD_MIN * withAfter.length) continue;
      const readings = readable.map((one): Reading => ({ atMs: one.startMs, held: holds(one, rule) }));
      const broken = breakOf({ count: kept, of: withAfter.length }, readings);
      if (broken === null || broken.surprise <= (strongest.get(missing)?.surprise ?? 0)) continue;
      strongest.set(missing, {
        component: first.component,
        operation: first.operation,
        after: known.get(after)?.text ?? null,
        kind: event.kind,
        missing: event.text,
        ...broken,
        ref: `sequence:${first.component}/${first.operation}/${after}/${missing}`,
      });
    }
  }
  return [...strongest.values()];
}

function troublesOf(executions: readonly Execution[]): ReadonlySet<string> {
  return new Set(
    executions.flatMap(({ events }) => events.flatMap(({ name, isTrouble }) => (isTrouble ? [name] : []))),
  );
}

/** Harmless events, those of most spans first. */
function commonEvents(executions: readonly Execution[]): ReadonlyMap<string, ExecutionEvent> {
  const spans = new Map<string, { event: ExecutionEvent; count: number }>();
  for (const { events } of executions)
    for (const event of new Map(events.map((one) => [one.name, one])).values()) {
      if (event.isTrouble) continue;
      const known = spans.get(event.name) ?? { event, count: 0 };
      known.count++;
      spans.set(event.name, known);
    }
  const sorted = [...spans].sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1));
  return new Map(sorted.slice(0, EVENTS_MAX).map(([name, { event }]) => [name, event]));
}

function countsOf({ startMs, events }: Execution): Counts {
  const counts = new Map([[START, 1]]);
  for (const { name } of events) counts.set(name, (counts.get(name) ?? 0) + 1);
  return { startMs, counts };
}

/** What is tried again more often than ever before asks for no more of what follows it. */
function holds({ counts }: Counts, { after, missing, most }: Rule): boolean {
  return (counts.get(missing) ?? 0) >= Math.min(most, counts.get(after) ?? 0);
}

/** From when on a rule is broken, and how surprising that is; null where nothing speaks for it. Spans before that instant bear the rule out. */
function breakOf(before: { readonly count: number; readonly of: number }, readings: readonly Reading[]): Break | null {
  const all = readings.filter(({ held }) => held).length;
  if (all === readings.length) return null;
  let best: Break | null = null;
  let held = 0;
  for (const [at, reading] of readings.entries()) {
    // The likeliest instant is one at which the rule is broken after it held.
    if (!reading.held && (at === 0 || readings[at - 1]?.held === true)) {
      const usual = { count: before.count + held, of: before.of + at };
      const now = { count: all - held, of: readings.length - at };
      const isLess = now.count / now.of < usual.count / usual.of;
      const surprise = isLess ? surpriseOfShares(usual, now) - (at === 0 ? 0 : Math.log(readings.length)) : 0;
      if (surprise > (best?.surprise ?? 0))
        best = {
          sinceMs: reading.atMs,
          baselineSpans: usual.of,
          baselineCount: usual.count,
          incidentSpans: now.of,
          incidentCount: now.count,
          surprise,
        };
    }
    if (reading.held) held++;
  }
  return best;
}
