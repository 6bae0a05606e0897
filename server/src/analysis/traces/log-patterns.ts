import type { LogPattern } from "../observations/observations.ts";
import type { TraceLog, TraceWindow } from "./trace-event.ts";

/** How often each component wrote each template, before and during the trouble. */
export function logPatterns(baseline: TraceWindow, incident: TraceWindow): LogPattern[] {
  const all = new Map<string, { line: TraceLog; before: number; now: number; firstAt: number | null }>();
  const count = (logs: readonly TraceLog[], isNow: boolean) => {
    for (const line of logs) {
      const key = `${line.component}\n${line.templateId}`;
      const known = all.get(key) ?? { line, before: 0, now: 0, firstAt: null };
      all.set(key, known);
      if (!isNow) known.before++;
      else {
        // What is written now may name who is in trouble now.
        if (known.now === 0) known.line = line;
        known.now++;
        known.firstAt = Math.min(known.firstAt ?? line.atMs, line.atMs);
      }
    }
  };
  count(baseline.logs, false);
  count(incident.logs, true);
  return [...all.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { line, before, now, firstAt }]) => ({
      component: line.component,
      templateId: line.templateId,
      template: line.template,
      severity: line.severity,
      baselineCount: before,
      incidentCount: now,
      baselinePerMinute: before / baseline.minutes,
      incidentPerMinute: now / incident.minutes,
      firstAt,
      example: line.example,
      ref: `log:${line.component}/${line.templateId}`,
    }));
}
