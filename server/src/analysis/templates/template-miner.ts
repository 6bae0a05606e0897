import type { LogSeverity } from "@culprit/contract";
import { findGeneralisation, shapeOf } from "./generalise.ts";
import { maskLine, value } from "./mask-line.ts";
import { stableHash } from "./stable-hash.ts";
import { stripHeader } from "./strip-header.ts";

/** What a line says, with values taken out. */
export interface MinedLine {
  readonly templateId: string;
  /** With `<*>` for a value. */
  readonly template: string;
  readonly severity: LogSeverity | null;
  /** The line is the first of its template. */
  readonly isNew: boolean;
  /** The line is longer than what is looked at; its end was left out. */
  readonly isCut: boolean;
}

/** One template as it is now. */
export interface LogTemplate {
  readonly id: string;
  readonly template: string;
  readonly count: number;
}

/** A miner's whole memory, as plain data: what a server keeps over a restart. */
export interface MinerState {
  readonly version: 1;
  readonly lines: number;
  readonly templates: readonly {
    readonly id: string;
    readonly tokens: readonly string[];
    readonly spaced: readonly boolean[];
    readonly count: number;
    readonly lastLine: number;
    readonly variety: readonly (readonly [number, number])[];
  }[];
  /** Ids that were given out and have become part of another. */
  readonly aliases: readonly (readonly [string, string])[];
}

export interface MinerOptions {
  /** Templates kept; beyond it the rarest and longest unseen become `<*>`. 1,000 unless said. */
  readonly templatesMax?: number;
  readonly state?: MinerState;
}

export interface TemplateMiner {
  /** Templates that it holds. */
  readonly size: number;
  /** Finds the template of a line, or makes one. */
  mine(line: string): MinedLine;
  /** The id under which a template goes now that was given out as `id`. */
  resolve(id: string): string;
  /** All templates, most frequent first. */
  templates(): LogTemplate[];
  state(): MinerState;
}

interface Entry {
  readonly id: string;
  readonly tokens: readonly string[];
  readonly spaced: readonly boolean[];
  /** The line that made the oldest of what it holds. */
  readonly born: number;
  readonly variety: ReadonlyMap<number, number>;
  count: number;
  lastLine: number;
  text: string | null;
}

const shortcutsMax = 4_000;

/**
 * Mines log templates as lines come, after Drain (He et al., ICWS 2017): each line goes by a fixed path (its punctuation and number of
 * tokens) to few candidates. What differs from Drain is when two forms become one: not by a similarity that must be tuned for each
 * source, but when a place has shown enough different words (`findGeneralisation`), after everything that has the shape of a
 * value was masked. So one setting serves all sources.
 *
 * A template's id is the hash of its first form, so servers that never met give the same id to a text whose values have such a shape, and an id
 * stays when its template generalises. Siblings that turn out to be one go on under the id of the oldest; `resolve` tells which. Memory
 * is bounded by `templatesMax`; the same lines in the same order give the same ids.
 */
export function createTemplateMiner(options: MinerOptions = {}): TemplateMiner {
  const templatesMax = Math.max(8, options.templatesMax ?? 1_000);
  const exact = new Map<string, Entry>();
  const shapes = new Map<string, Entry[]>();
  const aliases = new Map<string, string>(options.state?.aliases ?? []);
  /** Forms that generalised templates match, by their text: a shortcut, forgotten as a whole when it is full. */
  let shortcuts = new Map<string, Entry>();
  let lines = options.state?.lines ?? 0;

  function resolve(id: string): string {
    let now = id;
    for (let next = aliases.get(now); next !== undefined; next = aliases.get(now)) now = next;
    if (now !== id) aliases.set(id, now);
    return now;
  }

  function alias(from: string, to: string): void {
    if (from === to) return;
    aliases.delete(to);
    aliases.set(from, to);
    const oldest = aliases.size > 8 * templatesMax ? aliases.keys().next().value : undefined;
    if (oldest !== undefined) aliases.delete(oldest);
  }

  function put(entry: Entry): Entry {
    exact.set(entry.tokens.join(" "), entry);
    const shape = shapeOf(entry.tokens);
    shapes.set(shape, [...(shapes.get(shape) ?? []), entry]);
    return entry;
  }

  function take(entry: Entry): void {
    exact.delete(entry.tokens.join(" "));
    const shape = shapeOf(entry.tokens);
    const left = (shapes.get(shape) ?? []).filter((one) => one !== entry);
    if (left.length === 0) shapes.delete(shape);
    else shapes.set(shape, left);
  }

  function fresh(found: readonly string[], spaced: readonly boolean[]): Entry {
    // A copy: a part of a string keeps the whole alive, which is all that was read at once with the line.
    const tokens: readonly string[] = JSON.parse(JSON.stringify(found));
    const id = stableHash(tokens.join(" "));
    // It may have been given up and come again.
    aliases.delete(id);
    return { id, tokens, spaced, born: lines, count: 0, lastLine: lines, variety: new Map(), text: null };
  }

  /** The rarest quarter, longest unseen first, becomes part of the template of everything else. */
  function makeRoom(): void {
    const rest = exact.get(value) ?? put(fresh([value], [false]));
    const weakest = [...exact.values()]
      .filter((entry) => entry !== rest)
      .sort((a, b) => a.count - b.count || a.lastLine - b.lastLine)
      .slice(0, Math.ceil(templatesMax / 4));
    for (const entry of weakest) {
      take(entry);
      alias(entry.id, rest.id);
      rest.count += entry.count;
    }
    shortcuts = new Map();
  }

  function merge(made: Entry, members: readonly Entry[], places: readonly number[]): Entry {
    const first = members.reduce((a, b) => (b.born < a.born ? b : a));
    const variety = new Map(members.flatMap((member) => [...member.variety]));
    for (const at of places) {
      const seen = new Set([made, ...members].map((one) => one.tokens[at]));
      variety.set(at, Math.max(seen.size, variety.get(at) ?? 0));
    }
    for (const member of members) {
      take(member);
      alias(member.id, first.id);
    }
    alias(made.id, first.id);
    shortcuts = new Map();
    return put({
      ...first,
      tokens: made.tokens.map((token, at) => (variety.has(at) ? value : token)),
      count: members.reduce((sum, one) => sum + one.count, 0),
      variety,
      text: null,
    });
  }

  function find(tokens: readonly string[], key: string): Entry | null {
    const known = exact.get(key) ?? shortcuts.get(key);
    if (known !== undefined) return known;
    const best = (shapes.get(shapeOf(tokens)) ?? [])
      .filter((entry) => entry.variety.size > 0 && matches(entry, tokens))
      .reduce<Entry | null>((a, b) => (a === null || b.variety.size < a.variety.size ? b : a), null);
    if (best === null) return null;
    if (shortcuts.size >= shortcutsMax) shortcuts = new Map();
    shortcuts.set(key, best);
    return best;
  }

  function learn(tokens: readonly string[], spaced: readonly boolean[]): Entry {
    if (exact.size >= templatesMax) makeRoom();
    const made = fresh(tokens, spaced);
    const found = findGeneralisation(made, shapes.get(shapeOf(tokens)) ?? []);
    return found === null ? put(made) : merge(made, found.members, found.places);
  }

  for (const [at, one] of (options.state?.templates ?? []).entries())
    put({ ...one, born: at - 1e9, variety: new Map(one.variety), text: null });

  return {
    get size() {
      return exact.size;
    },
    mine(line) {
      lines++;
      const { text, severity } = stripHeader(line);
      const { tokens, spaced, isCut } = maskLine(text);
      const entry = find(tokens, tokens.join(" ")) ?? learn(tokens, spaced);
      entry.count++;
      entry.lastLine = lines;
      entry.text ??= render(entry);
      return { templateId: entry.id, template: entry.text, severity, isNew: entry.count === 1, isCut };
    },
    resolve,
    templates: () =>
      [...exact.values()]
        .map((entry) => ({ id: entry.id, template: render(entry), count: entry.count }))
        .sort((a, b) => b.count - a.count || (a.id < b.id ? -1 : 1)),
    state: () => ({
      version: 1,
      lines,
      templates: [...exact.values()]
        .sort((a, b) => a.born - b.born)
        .map(({ id, tokens, spaced, count, lastLine, variety }) => ({
          id,
          tokens,
          spaced,
          count,
          lastLine,
          variety: [...variety],
        })),
      aliases: [...aliases],
    }),
  };
}

function matches(entry: Entry, tokens: readonly string[]): boolean {
  for (let at = 0; at < tokens.length; at++) {
    if (entry.tokens[at] !== tokens[at] && !entry.variety.has(at)) return false;
  }
  return true;
}

function render({ tokens, spaced }: { readonly tokens: readonly string[]; readonly spaced: readonly boolean[] }) {
  let text = "";
  for (const [at, token] of tokens.entries()) {
    text += (spaced[at] === true && at > 0 ? " " : "") + token.replaceAll(value, "<*>");
  }
  return text;
}
