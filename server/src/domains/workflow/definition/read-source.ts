import { isAlias, isMap, isScalar, isSeq, LineCounter, type Node, type ParsedNode, parseDocument } from "yaml";
import { type FieldPath, type Finding, failure } from "./finding.ts";

export const SOURCE_BYTES_MAX = 1_000_000;
/** Each use of an anchor counts what it expands to, so a chain of anchors that doubles ends here. */
const ALIASES_MAX = 100;
const DEPTH_MAX = 40;

export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface Source {
  /** The text as plain JSON; undefined where it can't be read. */
  readonly value: unknown;
  readonly findings: readonly (Finding & { readonly place?: Place })[];
  /** Where a field stands, or what it would stand in when it is missing. Lines and columns count from 1. */
  placeOf(path: FieldPath, isAboutKey?: boolean): Place | null;
}

/** Reads a workflow's text, YAML 1.2 or JSON. Never throws: whatever is wrong with it is a finding with its place. */
export function readSource(text: string): Source {
  const bytes = Buffer.byteLength(text);
  if (bytes > SOURCE_BYTES_MAX) {
    const size = `${(bytes / 1e6).toFixed(1)} MB`;
    return unreadable(`The text has ${size}, at most 1 MB is read. Put what is large elsewhere and name it.`);
  }
  const lines = new LineCounter();
  try {
    const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, logLevel: "error" });
    const placeAt = (offset: number): Place => {
      const { line, col } = lines.linePos(offset);
      return { line: Math.max(1, line), column: Math.max(1, col) };
    };
    if (document.errors.some(({ message }) => message.includes("call stack")))
      return unreadable("It is nested too deeply to be read.");
    if (document.errors.length > 0) {
      const findings = document.errors
        .slice(0, 20)
        .map((error) => ({ ...failure([], `${error.message}.`), place: placeAt(error.pos[0]) }));
      return { value: undefined, findings, placeOf: () => null };
    }
    if (depthOf(document.contents) > DEPTH_MAX) return unreadable(`It is nested deeper than ${DEPTH_MAX} levels.`);
    const value: unknown = document.toJS({ maxAliasCount: ALIASES_MAX });
    return {
      value,
      findings: [],
      placeOf: (path, isAboutKey = false) => {
        const offset = offsetOf(document.contents, path, isAboutKey);
        return offset === null ? null : placeAt(offset);
      },
    };
  } catch (error) {
    if (error instanceof RangeError) return unreadable("It is nested too deeply to be read.");
    if (error instanceof ReferenceError) return unreadable(`${error.message}.`);
    throw error;
  }
}

function unreadable(message: string): Source {
  return {
    value: undefined,
    findings: [{ ...failure([], message), place: { line: 1, column: 1 } }],
    placeOf: () => null,
  };
}

function depthOf(node: Node | null): number {
  // Without recursion: a text of brackets alone is deeper than the stack.
  let depth = 0;
  let level: unknown[] = [node];
  while (level.length > 0 && depth <= DEPTH_MAX) {
    level = level.flatMap((one) => (isMap(one) ? one.items.map((pair) => pair.value) : isSeq(one) ? one.items : []));
    depth += 1;
  }
  return depth;
}

function offsetOf(root: ParsedNode | null, path: FieldPath, isAboutKey: boolean): number | null {
  let at: Node | null = root;
  let offset = root?.range?.[0] ?? null;
  for (const [index, key] of path.entries()) {
    if (isAlias(at)) return offset;
    if (isMap(at)) {
      const pair = at.items.find((item) => (isScalar(item.key) ? String(item.key.value) : null) === String(key));
      if (pair === undefined) return offset;
      const keyAt: number | undefined = (pair.key as Node).range?.[0];
      const value = (pair.value ?? null) as Node | null;
      const isLast = index === path.length - 1;
      // A value that is a map or a list begins on the next line: people look for its name.
      const isBlock = isMap(value) || isSeq(value);
      offset = (isLast && !isAboutKey && !isBlock ? (value?.range?.[0] ?? keyAt) : keyAt) ?? offset;
      at = value;
    } else if (isSeq(at)) {
      const item: unknown = at.items[Number(key)];
      if (item === undefined) return offset;
      at = item as Node;
      offset = at.range?.[0] ?? offset;
    } else return offset;
  }
  return offset;
}
