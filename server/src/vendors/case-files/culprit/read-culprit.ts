import {
  type CaseChange,
  caseChangeSchema,
  caseCommitSchema,
  caseComponentSchema,
  caseFileSchema,
  caseLogSchema,
  caseSpanSchema,
} from "@culprit/contract";
import { z } from "zod";
import { measureOfMetric } from "../../../analysis/observations/measure-of-metric.ts";
import type {
  Component,
  Edge,
  Observations,
  ObservedChange,
  Series,
} from "../../../analysis/observations/observations.ts";
import { caseFileError } from "../case-file-error.ts";
import type { CaseReader } from "../case-reader.ts";
import { absurdValues } from "../check-observations.ts";
import { findCaseFile, readCaseText } from "../read-case-text.ts";
import { readCsv } from "../read-csv.ts";
import { observeEvents } from "./observe-events.ts";
import { readJson, readJsonLines } from "./read-json.ts";
import { readMetrics } from "./read-metrics.ts";

const seeFormat = "The format is described in docs/case-format.md.";

/** Cases in Culprit's own format (docs/case-format.md). All files but `case.json` may be missing; what is, is told in `gaps`. */
export const culpritReader: CaseReader = {
  format: "culprit",
  signs: 'case.json with "format": "culprit"',
  async recognizes(folder) {
    const path = await findCaseFile([folder], ["case.json"]);
    if (path === null) return false;
    // Nezha's is the other layout with a case.json, and has traces beside it; one that is broken is named with its fault.
    return (await findCaseFile([folder], ["0_log.csv", "0_trace.csv"])) === null;
  },
  async read(folder) {
    const find = (name: string) => findCaseFile([folder], [name]);
    const casePath = await find("case.json");
    if (casePath === null)
      throw caseFileError({ file: `${folder}/case.json`, reason: "there is no such file", remedy: seeFormat });
    const told = await readJson(casePath, caseFileSchema, seeFormat);
    const gaps: string[] = [];
    const maybe = async <T>(name: string, read: (path: string) => Promise<T[]>): Promise<T[]> => {
      const path = await find(name);
      if (path !== null) return read(path);
      gaps.push(`There is no ${name}.`);
      return [];
    };
    const named = await maybe("components.json", (path) => readJson(path, z.array(caseComponentSchema), seeFormat));
    const declared = await maybe("edges.csv", readEdges);
    const metricsPath = await find("metrics.csv");
    if (metricsPath === null) gaps.push("There is no metrics.csv.");
    const { series, absurd } = metricsPath === null ? { series: [], absurd: 0 } : await readMetrics(metricsPath);
    if (metricsPath !== null && series.length === 0) gaps.push("metrics.csv has no values.");
    if (absurd > 0) gaps.push(absurdValues(absurd));
    const logs = await maybe("logs.ndjson", (path) => readJsonLines(path, caseLogSchema, seeFormat));
    const spans = await maybe("spans.ndjson", (path) => readJsonLines(path, caseSpanSchema, seeFormat));
    const changes = await maybe("changes.json", (path) => readJson(path, z.array(caseChangeSchema), seeFormat));
    const commits = await maybe("commits.json", (path) => readJson(path, z.array(caseCommitSchema), seeFormat));
    const interval = (one: { from: string; to: string }) => ({ from: Date.parse(one.from), to: Date.parse(one.to) });
    const [baseline, incident] = [interval(told.baseline), interval(told.incident)];
    for (const [name, { from, to }] of [
      ["baseline", baseline],
      ["incident", incident],
    ] as const)
      if (!(to > from))
        throw caseFileError({
          file: casePath,
          reason: `${name} ends before it begins`,
          remedy: "Let `to` be later than `from`.",
        });
    if (baseline.from < incident.to && incident.from < baseline.to)
      throw caseFileError({
        file: casePath,
        reason: `baseline (${told.baseline.from} to ${told.baseline.to}) and incident (${told.incident.from} to ${told.incident.to}) overlap`,
        remedy: "Let the baseline end before the incident begins: the trouble must not count as usual.",
      });
    const repeated = changes.find(({ id }, at) => changes.findIndex((one) => one.id === id) !== at);
    if (repeated !== undefined)
      throw caseFileError({
        file: (await find("changes.json")) ?? "changes.json",
        reason: `${JSON.stringify(repeated.id.slice(0, 60))} is the id of more than one change`,
        remedy: "Give each change an id of its own: the answer names the one to blame by it.",
      });
    const events = observeEvents({ baseline, incident, logs, spans });
    const edges = distinctEdges([...declared, ...events.edges]);
    const measured = [
      ...named.flatMap(({ key, part_of }) => [key, ...(part_of == null ? [] : [part_of])]),
      ...edges.flatMap(({ from, to }) => [from, to]),
      ...series.flatMap(({ component, callee }) => [component, ...(callee === null ? [] : [callee])]),
      ...[...logs, ...spans].map(({ component }) => component),
      ...changes.flatMap(({ component }) => component ?? []),
    ];
    if (told.target != null) checkTarget(casePath, told.target.component, measured);
    const observations: Observations = {
      baseline,
      incident,
      target: told.target == null ? null : targetOf(told.target, series),
      components: componentsOf(named, [
        ...edges.flatMap(({ from, to }) => [from, to]),
        ...series.flatMap(({ component, callee }) => [component, ...(callee === null ? [] : [callee])]),
        ...[...logs, ...spans].map(({ component }) => component),
        ...changes.flatMap(({ component }) => component ?? []),
        ...(told.target == null ? [] : [told.target.component]),
      ]),
      edges,
      series,
      logs: events.logs,
      operations: events.operations,
      links: events.links,
      spanPatterns: events.spanPatterns,
      brokenSequences: events.brokenSequences,
      changes: changes.map(changeOf),
      gaps,
    };
    return { observations, changes, commits };
  },
};

/** @throws CulpritError INVALID_REQUEST where no file knows the component, which is a slip of the pen; where no file names any, nothing can be compared. */
function checkTarget(file: string, component: string, mentioned: readonly string[]): void {
  const known = [...new Set(mentioned)].sort();
  if (known.length === 0 || known.includes(component)) return;
  throw caseFileError({
    file,
    reason: `target.component is ${JSON.stringify(component)}, which no other file names`,
    remedy: `There is ${known.slice(0, 20).join(", ")}${known.length > 20 ? ` and ${known.length - 20} more` : ""}.`,
  });
}

async function readEdges(path: string): Promise<Edge[]> {
  const [head, ...rows] = readCsv(path, await readCaseText(path));
  const names = head?.cells.map((cell) => cell.trim().toLowerCase()) ?? [];
  const [from, to] = [names.indexOf("from"), names.indexOf("to")];
  if (from < 0 || to < 0)
    throw caseFileError({
      file: path,
      line: 1,
      reason: "the heading lacks from or to",
      remedy: "The first line reads from,to: `from` calls `to`.",
    });
  return rows.map(({ line, cells }) => {
    const edge = { from: (cells[from] ?? "").trim(), to: (cells[to] ?? "").trim() };
    if (edge.from === "" || edge.to === "")
      throw caseFileError({ file: path, line, reason: "from or to is empty", remedy: "Name both components." });
    return edge;
  });
}

function distinctEdges(edges: readonly Edge[]): Edge[] {
  return [
    ...new Map(edges.filter(({ from, to }) => from !== to).map((edge) => [`${edge.from}\n${edge.to}`, edge])).values(),
  ];
}

function targetOf(
  told: { component: string; metric?: string | null | undefined; statistic?: string | null | undefined },
  series: readonly Series[],
): Observations["target"] {
  const metric = told.metric ?? null;
  const statistic = told.statistic?.toLowerCase() ?? null;
  const own =
    metric === null
      ? undefined
      : series.find(
          (one) =>
            one.component === told.component &&
            one.metric === metric &&
            (statistic === null || one.statistic === statistic),
        );
  return {
    component: told.component,
    measure: metric === null ? null : (own?.measure ?? measureOfMetric({ name: metric })),
    seriesId: own?.id ?? null,
  };
}

function componentsOf(
  named: readonly z.infer<typeof caseComponentSchema>[],
  mentioned: readonly string[],
): Component[] {
  const known = new Map<string, Component>(
    named.map(({ key, name, kind, owned, part_of }) => [
      key,
      { key, name: name ?? key, kind, isOwned: owned ?? null, partOf: part_of ?? null },
    ]),
  );
  for (const key of [...mentioned, ...named.flatMap(({ part_of }) => part_of ?? [])])
    if (!known.has(key)) known.set(key, { key, name: key, kind: "unknown", isOwned: null, partOf: null });
  return [...known.values()];
}

function changeOf({ id, kind, at, component, title, current_commit }: CaseChange): ObservedChange {
  return {
    id,
    kind,
    at: Date.parse(at),
    component: component ?? null,
    title,
    commitSha: kind === "deployment" ? (current_commit ?? null) : null,
    ref: `file:changes.json#${id}`,
  };
}
