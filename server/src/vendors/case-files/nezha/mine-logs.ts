import { createTemplateMiner, type TemplateMiner } from "../../../analysis/templates/index.ts";
import type { TraceLog } from "../../../analysis/traces/trace-event.ts";
import type { RawLine } from "./read-events.ts";

const exampleMax = 500;

/** The lines of both times with their templates, by one miner for each service; ids are those at the end, so that a template is one. */
export function mineLogs(before: readonly RawLine[], now: readonly RawLine[]): { before: TraceLog[]; now: TraceLog[] } {
  const miners = new Map<string, TemplateMiner>();
  const mine = (lines: readonly RawLine[]) =>
    [...lines]
      .sort((a, b) => a.atMs - b.atMs)
      .map((line) => {
        const miner = miners.get(line.component) ?? createTemplateMiner();
        miners.set(line.component, miner);
        return { line, mined: miner.mine(line.body) };
      });
  const both = [mine(before), mine(now)];
  const texts = new Map(
    [...miners].map(([component, miner]) => [
      component,
      new Map(miner.templates().map((one) => [one.id, one.template])),
    ]),
  );
  const [minedBefore = [], minedNow = []] = both.map((side) =>
    side.map(({ line, mined }): TraceLog => {
      const templateId = miners.get(line.component)?.resolve(mined.templateId) ?? mined.templateId;
      return {
        traceId: line.traceId,
        spanId: line.spanId,
        component: line.component,
        atMs: line.atMs,
        severity: mined.severity ?? line.severity ?? null,
        templateId,
        template: texts.get(line.component)?.get(templateId) ?? mined.template,
        example: line.body.slice(0, exampleMax),
      };
    }),
  );
  return { before: minedBefore, now: minedNow };
}
