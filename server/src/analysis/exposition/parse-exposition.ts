import { type FamilyType, familyTypes, typeOfSeries } from "./kind-of-series.ts";

/** One sample of a page of metrics. */
export interface ExposedSample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite. */
  readonly value: number;
  /** Where the page says so; else it is that of the reading. */
  readonly atMs: number | null;
  readonly type: FamilyType;
  readonly unit: string | null;
}

export type ExpositionResult =
  | { readonly ok: true; readonly samples: number }
  | { readonly ok: false; readonly line: number; readonly why: string };

export interface ExpositionOptions {
  /** OpenMetrics 1.0, else the text format 0.0.4: they differ in the unit of timestamps and in how a page ends. */
  readonly isOpenMetrics: boolean;
  readonly samplesMax: number;
}

const LINE_MAX = 65_536;
const LABELS_MAX = 128;
const name = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
const number = /[^\s]+/y;
const decimal = /^[+-]?(?:\d+\.?\d*(?:[eE][+-]?\d+)?|\.\d+(?:[eE][+-]?\d+)?|inf(?:inity)?|nan)$/i;

/**
 * Reads a page of metrics line by line and hands each sample on: the text format 0.0.4 (https://prometheus.io/docs/instrumenting/exposition_formats/)
 * and OpenMetrics 1.0, with quoted UTF-8 names. Stops at the first line that is none, as Prometheus does, because what follows a broken line may be anything; what
 * was handed on by then is the caller's to forget. Exemplars and `_created` are passed over. Time is linear in the page.
 */
export function parseExposition(
  page: string,
  { isOpenMetrics, samplesMax }: ExpositionOptions,
  onSample: (sample: ExposedSample) => void,
): ExpositionResult {
  const types = new Map<string, FamilyType>();
  const units = new Map<string, string>();
  let [from, line, samples, isEnded] = [0, 0, 0, false];
  while (from < page.length) {
    const newline = page.indexOf("\n", from);
    const end = newline === -1 ? page.length : newline;
    line += 1;
    if (end - from > LINE_MAX) return { ok: false, line, why: `it has more than ${LINE_MAX} characters` };
    const text = page.slice(from, page[end - 1] === "\r" ? end - 1 : end);
    from = end + 1;
    if (isEnded) return { ok: false, line, why: "it comes after # EOF" };
    if (text === "" || /^\s*$/.test(text)) continue;
    if (text.startsWith("#")) {
      if (isOpenMetrics && text === "# EOF") isEnded = true;
      else readMetadata(text, types, units);
      continue;
    }
    const read = readSample(text, isOpenMetrics);
    if (typeof read === "string") return { ok: false, line, why: read };
    samples += 1;
    if (samples > samplesMax) return { ok: false, line, why: `the page has more than ${samplesMax} samples` };
    if (read.name.endsWith("_created") && typeOfSeries(read.name, types) !== "gauge" && isOpenMetrics) continue;
    const family = units.has(read.name) ? read.name : read.name.replace(/_(?:bucket|count|sum|total)$/, "");
    onSample({ ...read, type: typeOfSeries(read.name, types), unit: units.get(family) ?? null });
  }
  if (isOpenMetrics && !isEnded) return { ok: false, line, why: "the page ends without # EOF" };
  return { ok: true, samples };
}

function readMetadata(text: string, types: Map<string, FamilyType>, units: Map<string, string>): void {
  const [, what, quoted, plain, value = ""] =
    /^#\s+(TYPE|UNIT)\s+(?:"((?:[^"\\]|\\.)*)"|(\S+))\s+(\S+)/.exec(text) ?? [];
  const family = quoted === undefined ? plain : withoutEscapes(quoted);
  if (family === undefined) return;
  if (what === "UNIT") units.set(family, value.slice(0, 64));
  else types.set(family, familyTypes.find((type) => type === value) ?? "unknown");
}

/** A sample, or why the line is none. */
function readSample(
  text: string,
  isOpenMetrics: boolean,
): Pick<ExposedSample, "name" | "labels" | "value" | "atMs"> | string {
  const cursor = { text, at: 0 };
  let called = take(cursor, name);
  skipBlanks(cursor);
  let labels: Record<string, string> = {};
  if (text[cursor.at] === "{") {
    const read = readLabels(cursor);
    if (typeof read === "string") return read;
    labels = read.labels;
    if (called === null) called = read.quotedName;
    else if (read.quotedName !== null) return "it has two names";
  }
  if (called === null) return "it does not begin with the name of a metric";
  skipBlanks(cursor);
  const value = readNumber(take(cursor, number));
  if (value === null) return "its value is no number";
  skipBlanks(cursor);
  let atMs: number | null = null;
  if (cursor.at < text.length && text[cursor.at] !== "#") {
    const told = readNumber(take(cursor, number));
    if (told === null || !Number.isFinite(told)) return "its timestamp is no number";
    atMs = Math.round(isOpenMetrics ? told * 1000 : told);
    skipBlanks(cursor);
  }
  if (cursor.at < text.length && !(isOpenMetrics && text[cursor.at] === "#")) return "something follows its value";
  return { name: called, labels, value, atMs };
}

interface Cursor {
  readonly text: string;
  at: number;
}

function readLabels(cursor: Cursor): { labels: Record<string, string>; quotedName: string | null } | string {
  const { text } = cursor;
  const labels: Record<string, string> = {};
  let quotedName: string | null = null;
  let count = 0;
  cursor.at += 1;
  for (;;) {
    skipBlanks(cursor);
    if (text[cursor.at] === "}") {
      cursor.at += 1;
      return { labels, quotedName };
    }
    const isQuoted = text[cursor.at] === '"';
    const label = isQuoted ? readQuoted(cursor) : take(cursor, name);
    if (label === null) return "a label has no name";
    skipBlanks(cursor);
    if (text[cursor.at] === "=") {
      cursor.at += 1;
      skipBlanks(cursor);
      const value = text[cursor.at] === '"' ? readQuoted(cursor) : null;
      if (value === null) return `the value of the label ${label.slice(0, 50)} is not in quotes`;
      count += 1;
      if (count > LABELS_MAX) return `it has more than ${LABELS_MAX} labels`;
      if (label !== "__proto__") labels[label] = value;
    } else if (isQuoted && quotedName === null && count === 0) quotedName = label;
    else return `the label ${label.slice(0, 50)} has no value`;
    skipBlanks(cursor);
    if (text[cursor.at] === ",") cursor.at += 1;
    else if (text[cursor.at] !== "}") return "its labels do not end";
  }
}

/** The text between quotes, or null where they do not close. */
function readQuoted(cursor: Cursor): string | null {
  const { text } = cursor;
  let at = cursor.at + 1;
  let isEscaped = false;
  for (; at < text.length && text[at] !== '"'; at += 1) {
    if (text[at] !== "\\") continue;
    isEscaped = true;
    at += 1;
  }
  if (at >= text.length) return null;
  const inner = text.slice(cursor.at + 1, at);
  cursor.at = at + 1;
  return isEscaped ? withoutEscapes(inner) : inner;
}

function withoutEscapes(text: string): string {
  return text.replace(/\\(.)/g, (whole, escaped: string) =>
    escaped === "n" ? "\n" : escaped === '"' || escaped === "\\" ? escaped : whole,
  );
}

function take(cursor: Cursor, pattern: RegExp): string | null {
  pattern.lastIndex = cursor.at;
  const found = pattern.exec(cursor.text)?.[0] ?? null;
  if (found !== null) cursor.at += found.length;
  return found;
}

function skipBlanks(cursor: Cursor): void {
  while (cursor.text[cursor.at] === " " || cursor.text[cursor.at] === "\t") cursor.at += 1;
}

function readNumber(text: string | null): number | null {
  if (text === null || !decimal.test(text)) return null;
  if (/nan$/i.test(text)) return Number.NaN;
  if (/inf/i.test(text)) return text.startsWith("-") ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}
