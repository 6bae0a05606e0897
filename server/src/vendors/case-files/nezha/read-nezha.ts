import { readdir } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { Component, Observations } from "../../../analysis/observations/observations.ts";
import { observeTraces } from "../../../analysis/traces/observe-traces.ts";
import { caseFileError } from "../case-file-error.ts";
import type { CaseReader } from "../case-reader.ts";
import { findCaseFile, readCaseText } from "../read-case-text.ts";
import { mineLogs } from "./mine-logs.ts";
import { readLogs, readSpans } from "./read-events.ts";
import { readPodMetrics } from "./read-pod-metrics.ts";

/*
 * Cases as Nezha publishes them (Yu et al., FSE 2023, https://github.com/IntelligentDDS/Nezha): log lines and spans of the minutes of a fault, of one
 * normal minute of the day in `../normal/<day>/`, and the pods' metrics of the day in `../metric/<day>/`. Components are services, told from pods.
 */

const caseSchema = z.object({ day: z.string().regex(/^[\w.-]+$/), startedAt: z.iso.datetime({ offset: true }) });
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;

export const nezhaReader: CaseReader = {
  format: "nezha",
  signs: "case.json with day and startedAt, 0_log.csv.gz and 0_trace.csv.gz",
  async recognizes(folder) {
    return (
      (await findCaseFile([folder], ["case.json"])) !== null &&
      (await findCaseFile([folder], ["0_log.csv", "0_trace.csv"])) !== null
    );
  },
  async read(folder) {
    const told = await readCase(join(folder, "case.json"));
    const normalFolder = join(dirname(folder), "normal", told.day);
    const gaps: string[] = [];
    const startedAt = Date.parse(told.startedAt);
    const isNear = (atMs: number) => Math.abs(atMs - startedAt) < HOUR_MS;
    const trouble = await readMinutes(folder, await minutesOf(folder), gaps);
    const spans = trouble.spans.filter((span) => isNear(span.startMs));
    const lines = trouble.lines.filter((line) => isNear(line.atMs));
    const normal = await readMinutes(normalFolder, [""], gaps);
    const times = [...spans.map((span) => span.startMs), ...lines.map((line) => line.atMs)].sort((a, b) => a - b);
    const incident = { from: times[0] ?? startedAt, to: (times.at(-1) ?? startedAt + 3 * MINUTE_MS) + 1 };
    const mined = mineLogs(normal.lines, lines);
    const traces = observeTraces(
      { minutes: minutesBetween(normal), spans: normal.spans, logs: mined.before },
      { minutes: Math.max(1, (incident.to - incident.from) / MINUTE_MS), spans, logs: mined.now },
    );
    const baseline = { from: incident.from - HOUR_MS, to: incident.from };
    const around = { from: baseline.from, to: incident.to };
    const series = await readPodMetrics(join(dirname(folder), "metric", told.day), around, gaps);
    if (normal.spans.length > 0 || normal.lines.length > 0)
      gaps.push("Log lines and spans are compared with one normal minute of the day, metrics with the hour before.");
    const keys = new Set([
      ...series.map((one) => one.component),
      ...[...spans, ...lines, ...normal.spans, ...normal.lines].map((one) => one.component),
    ]);
    const observations: Observations = {
      baseline,
      incident,
      target: null,
      components: [...keys].sort().map(componentOf),
      edges: traces.edges,
      series,
      logs: traces.logs,
      operations: traces.operations,
      links: traces.links,
      spanPatterns: traces.spanPatterns,
      brokenSequences: traces.brokenSequences,
      changes: [],
      gaps,
    };
    return { observations, changes: [], commits: [] };
  },
};

function componentOf(key: string): Component {
  return { key, name: key, kind: "service", isOwned: null, partOf: null };
}

async function readCase(file: string): Promise<z.infer<typeof caseSchema>> {
  try {
    return caseSchema.parse(JSON.parse(await readCaseText(file)));
  } catch (cause) {
    if (!(cause instanceof z.ZodError) && !(cause instanceof SyntaxError)) throw cause;
    throw caseFileError({
      file,
      reason: cause instanceof z.ZodError ? z.prettifyError(cause).replaceAll("\n", " ") : cause.message,
      remedy: 'It reads {"day":"2023-01-29","startedAt":"2023-01-29T08:58:16Z"}.',
      cause,
    });
  }
}

/** `0_`, `1_`, …: the minutes that the folder holds. */
async function minutesOf(folder: string): Promise<string[]> {
  const names = (await readdir(folder)).flatMap((name) => /^(\d+_)(?:log|trace)\.csv(?:\.gz)?$/.exec(name)?.[1] ?? []);
  return [...new Set(names)].sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10));
}

async function readMinutes(folder: string, minutes: readonly string[], gaps: string[]) {
  const spans = new Map<string, Awaited<ReturnType<typeof readSpans>>[number]>();
  const lines = new Map<string, Awaited<ReturnType<typeof readLogs>>[number]>();
  for (const minute of minutes) {
    const trace = await findCaseFile([folder], [`${minute}trace.csv`]);
    const log = await findCaseFile([folder], [`${minute}log.csv`]);
    if (trace === null) gaps.push(`There is no ${minute}trace.csv in ${basename(folder)}.`);
    if (log === null) gaps.push(`There is no ${minute}log.csv in ${basename(folder)}.`);
    // Files of neighbouring minutes may overlap.
    for (const span of trace === null ? [] : await readSpans(trace)) spans.set(`${span.traceId}/${span.spanId}`, span);
    for (const line of log === null ? [] : await readLogs(log))
      lines.set(`${line.nanoseconds} ${line.component} ${line.body}`, line);
  }
  return { spans: [...spans.values()], lines: [...lines.values()] };
}

function minutesBetween(window: {
  readonly spans: readonly { readonly startMs: number }[];
  readonly lines: readonly { readonly atMs: number }[];
}): number {
  const times = [...window.spans.map((span) => span.startMs), ...window.lines.map((line) => line.atMs)].sort(
    (a, b) => a - b,
  );
  // The middle nine tenths: a stray clock must not stretch the window.
  const low = times[Math.floor(times.length * 0.05)] ?? 0;
  const high = times[Math.floor(times.length * 0.95)] ?? 0;
  return Math.max(1, (high - low) / 0.9 / MINUTE_MS);
}
