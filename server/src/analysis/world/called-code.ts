import { definitionsOf, enclosingFunction, namesOf } from "../blame/source-context.ts";
import { importsOf, packageOf, resolveModule } from "./imports.ts";

export type RegionKind = "line" | "feeding" | "function" | "called" | "file_scope";

/** Lines of code that take part in the failure, and how closely. */
export interface CodeRegion {
  readonly kind: RegionKind;
  readonly path: string;
  readonly first: number;
  readonly last: number;
  /** 0..1: 1 for the failing line, less the further a call is from it. */
  readonly weight: number;
  /** What it is, for people: `the failing line`, `applyDiscount, called on the failing line`. */
  readonly label: string;
  /** Properties that the failing code reads of what comes from here. */
  readonly wanted: readonly string[];
}

/** A package that the failing code uses, and how closely. */
export interface UsedPackage {
  readonly name: string;
  readonly weight: number;
  readonly label: string;
}

export interface CodePlaceInput {
  readonly path: string;
  readonly line: number;
  readonly weight: number;
}

/** Definitions to look up next: a name as exported by a file. */
interface Wanted {
  readonly path: string;
  readonly name: string;
  readonly weight: number;
  readonly label: string;
  readonly depth: number;
  readonly wanted: readonly string[];
}

export interface CalledCode {
  readonly regions: readonly CodeRegion[];
  readonly packages: readonly UsedPackage[];
  /** Files whose text is needed to go on; empty when all is known. */
  readonly filesWanted: readonly string[];
}

const depthMax = 3;
const regionsMax = 400;

/**
 * The code that runs at the failing places and what it calls, three calls deep, by names: from the text of the files known so
 * far. Call it again with the files it wants until it wants none. Deterministic, language-independent, without a parser; it
 * may name too much (same names elsewhere), so a region is a place to look, not a proof.
 */
export function calledCode(
  places: readonly CodePlaceInput[],
  sources: ReadonlyMap<string, string>,
  tree: ReadonlySet<string>,
): CalledCode {
  const regions: CodeRegion[] = [];
  const packages = new Map<string, UsedPackage>();
  const filesWanted = new Set<string>();
  const seen = new Map<string, number>();
  const queue: Wanted[] = [];
  const lines = new Map<string, string[]>();
  const imports = new Map<string, ReturnType<typeof importsOf>>();
  const linesOf = (path: string): string[] | null => {
    const known = lines.get(path);
    if (known !== undefined) return known;
    const text = sources.get(path);
    if (text === undefined) {
      if (tree.has(path)) filesWanted.add(path);
      return null;
    }
    const split = text.split("\n");
    lines.set(path, split);
    imports.set(path, importsOf(text));
    return split;
  };
  const use = (name: string, weight: number, label: string) => {
    const known = packages.get(name);
    if (known === undefined || known.weight < weight) packages.set(name, { name, weight, label });
  };

  /** Names used in a stretch of code lead to what defines them: in the file, or behind an import. */
  const follow = (
    path: string,
    code: readonly string[],
    own: { first: number; last: number },
    weight: number,
    where: string,
    depth: number,
    wanted: readonly string[],
  ) => {
    const all = linesOf(path) ?? [];
    const names = [...new Set(code.flatMap(namesOf))].slice(0, 120);
    for (const imported of imports.get(path) ?? []) {
      if (!names.includes(imported.local)) continue;
      const target = resolveModule(path, imported.module, tree);
      const label = `${imported.local}, used ${where}`;
      if (target === null) {
        const name = packageOf(imported.module);
        if (name !== null) use(name, weight, label);
        continue;
      }
      const members =
        imported.exported === "*" || imported.exported === "default"
          ? membersOf(code, imported.local)
          : [imported.exported];
      for (const name of members.length > 0 ? members : [imported.local])
        queue.push({ path: target, name, weight, label, depth, wanted });
      if (imported.exported === "default" || imported.exported === "*")
        queue.push({ path: target, name: "*", weight: weight * 0.6, label, depth, wanted });
    }
    for (const definition of definitionsOf(all, names, own)) {
      if (definition.first >= own.first && definition.last <= own.last && own.first !== own.last) continue;
      queue.push({ path, name: definition.name, weight, label: `${definition.name}, used ${where}`, depth, wanted });
    }
  };

  // A value that came in by a parameter was made by the caller: its line then counts nearly as much as the failing one.
  let asked: { readonly name: string; readonly weight: number } | null = null;
  let wanted: string[] = [];
  for (const place of places) {
    const all = linesOf(place.path);
    if (all === null) continue;
    const text = all[place.line - 1] ?? "";
    const own = enclosingFunction(all, place.line);
    const code = all.slice(own.first - 1, own.last);
    const fed = feedingLines(code, place.line - own.first);
    const fedCode = fed.map((at) => code[at] ?? "");
    const isAsked: boolean =
      asked !== null && new RegExp(`(?<![\\w$])${asked.name.replace(/\$/g, "\\$")}\\s*\\(`).test(text);
    const handedTo: string | null = asked?.name ?? null;
    const weight: number = isAsked && asked !== null ? Math.max(place.weight, asked.weight * 0.92) : place.weight;
    wanted = [...new Set([...(isAsked || regions.length === 0 ? wanted : []), ...propertiesOf([text, ...fedCode])])];
    const at = `${place.path}:${place.line}`;
    const add = (kind: RegionKind, first: number, last: number, label: string, near = weight) =>
      regions.push({ kind, path: place.path, first, last, weight: near, label, wanted });
    add("line", place.line, place.line, `the failing line ${at}`);
    add("function", own.first, own.last, `the function around ${at}`);
    for (const index of fed) {
      const line = own.first + index;
      add("feeding", line, line, `the line ${place.path}:${line}, which gives ${at} what it fails on`);
    }
    const head = headOf(code);
    const used = new Set([text, ...fedCode].flatMap(variablesOf));
    const isParameter = head?.params.some((name) => used.has(name)) ?? false;
    // A head changes for other parameters too, so that it is a little further away than what gives a value by name.
    if (head !== null && isParameter)
      add("feeding", own.first, own.first + head.lines - 1, `the parameters that ${at} fails on`, weight * 0.94);
    asked = head !== null && isParameter && head.name !== null ? { name: head.name, weight } : null;
    // Of a caller that handed the value in, only what stands in that call can have made it; the rest had its turn, or has it later.
    const handed: string | null = isAsked && handedTo !== null ? callOf(text, handedTo) : null;
    if (handed !== null) follow(place.path, [handed], own, weight, `on ${at}`, 1, wanted);
    follow(place.path, [text], own, handed === null ? weight : place.weight * 0.3, `on ${at}`, 1, wanted);
    if (fed.length > 0) follow(place.path, fedCode, own, weight * 0.95, `for what fails on ${at}`, 1, wanted);
    follow(
      place.path,
      code,
      own,
      handed === null ? weight * 0.8 : place.weight * 0.3,
      `in the function around ${at}`,
      1,
      wanted,
    );
    for (const imported of imports.get(place.path) ?? []) {
      const name = resolveModule(place.path, imported.module, tree) === null ? packageOf(imported.module) : null;
      if (name !== null) use(name, weight * 0.5, `${imported.local}, imported by ${place.path}`);
    }
  }
  for (let next = queue.shift(); next !== undefined && regions.length < regionsMax; next = queue.shift()) {
    const all = linesOf(next.path);
    if (all === null) continue;
    const key = `${next.path}\0${next.name}`;
    if ((seen.get(key) ?? 0) >= next.weight) continue;
    seen.set(key, next.weight);
    if (next.name === "*") {
      regions.push({
        kind: "file_scope",
        path: next.path,
        first: 1,
        last: all.length,
        weight: next.weight * 0.5,
        label: `${next.path} (${next.label})`,
        wanted: next.wanted,
      });
      continue;
    }
    const found = definitionsOf(all, [next.name], { first: -1, last: -1 });
    for (const { first, last } of found.slice(0, 3)) {
      regions.push({
        kind: "called",
        path: next.path,
        first,
        last,
        weight: next.weight,
        label: next.label,
        wanted: next.wanted,
      });
      if (next.depth < depthMax) {
        follow(
          next.path,
          all.slice(first - 1, last),
          { first, last },
          next.weight * 0.6,
          `by ${next.name} in ${next.path}`,
          next.depth + 1,
          next.wanted,
        );
      }
    }
    // Passed on from another file: `export { total } from "./total.js"`.
    if (found.length === 0 && next.depth < depthMax) {
      for (const [target, name] of passedOn(all.join("\n"), next.path, next.name, tree))
        queue.push({ ...next, path: target, name, depth: next.depth + 1 });
    }
  }
  return { regions, packages: [...packages.values()], filesWanted: [...filesWanted] };
}

/** The text of a call of `name` on a line, its arguments with it: `total(order)`; null where there is none. */
export function callOf(text: string, name: string): string | null {
  const start = new RegExp(`(?<![\\w$])${name.replace(/\$/g, "\\$")}\\s*\\(`).exec(text);
  if (start === null) return null;
  let depth = 0;
  for (let at = start.index + start[0].length - 1; at < text.length; at++) {
    if (text[at] === "(") depth++;
    else if (text[at] === ")" && --depth === 0) return text.slice(start.index, at + 1);
  }
  return text.slice(start.index);
}

/** A function's name, its parameters and how many lines its head takes, from its code; null where no head is found. */
function headOf(code: readonly string[]): { name: string | null; params: string[]; lines: number } | null {
  const lines = code.slice(0, 8);
  for (let count = 1; count <= lines.length; count++) {
    const text = lines.slice(0, count).join(" ");
    const head =
      /(?:\bfunction\b\s*\*?\s*([\w$]+)?\s*|\bdef\s+(\w+)\s*|([\w$]+)\s*[:=]\s*(?:async\s*)?(?:function\s*)?|([\w$]+)\s*)\(((?:[^()]|\([^()]*\))*)\)/.exec(
        text,
      );
    if (head === null) continue;
    const name = head[1] ?? head[2] ?? head[3] ?? head[4] ?? null;
    return { name, params: variablesOf((head[5] ?? "").replace(/=[^,}]*/g, " ")), lines: count };
  }
  return null;
}

/** Properties that lines read: `cart.total` gives `total`. */
function propertiesOf(code: readonly string[]): string[] {
  return code
    .flatMap((line) => [...line.matchAll(/\??\.([A-Za-z_$][\w$]*)/g)].map((match) => match[1] ?? ""))
    .filter((name) => namesOf(name).length > 0);
}

/** Indexes of lines of a function that give values to the names on the failing line, and to what gives them values in turn. */
function feedingLines(code: readonly string[], failing: number): number[] {
  const found = new Set<number>();
  let wanted = new Set(variablesOf(code[failing] ?? ""));
  for (let step = 0; step < 2 && wanted.size > 0; step++) {
    const next = new Set<string>();
    code.forEach((line, at) => {
      const target = assignment.exec(line)?.[1];
      if (target === undefined || at === failing || found.has(at)) return;
      if (!variablesOf(target).some((name) => wanted.has(name))) return;
      found.add(at);
      for (const name of variablesOf(line)) next.add(name);
    });
    wanted = next;
  }
  return [...found].sort((a, b) => a - b);
}

/** `const { a, b } = …`, `total += …`, `for (const item of …`: what is given a value. */
const assignment =
  /(?:\b(?:const|let|var)\s+|^\s*)(\{[^}]*\}|\[[^\]]*\]|[A-Za-z_$][\w$.]*)\s*(?::[^=]+)?(?:[-+*/|&?]{0,2}=(?!=|>)|\bof\b|\bin\b)/;

function variablesOf(code: string): string[] {
  return code.match(/(?<![\w$.])[A-Za-z_$][\w$]*/g) ?? [];
}

function membersOf(code: readonly string[], local: string): string[] {
  const pattern = new RegExp(`(?<![\\w$.])${local.replace(/\$/g, "\\$")}\\??\\.([A-Za-z_$][\\w$]*)`, "g");
  return [...new Set(code.flatMap((line) => [...line.matchAll(pattern)].map((match) => match[1] ?? "")))].filter(
    (name) => name !== "",
  );
}

function passedOn(text: string, path: string, name: string, tree: ReadonlySet<string>): [string, string][] {
  const found: [string, string][] = [];
  for (const match of text.matchAll(/\bexport\s+(?:\{([^}]*)\}|\*)\s*from\s*["']([^"']+)["']/g)) {
    const target = resolveModule(path, match[2] ?? "", tree);
    if (target === null) continue;
    if (match[1] === undefined) found.push([target, name]);
    else {
      for (const item of match[1].split(",")) {
        const [inner = "", outer = inner] = item.trim().split(/\s+as\s+/);
        if (outer === name) found.push([target, inner]);
      }
    }
  }
  for (const imported of importsOf(text)) {
    const target = imported.local === name ? resolveModule(path, imported.module, tree) : null;
    if (target !== null) found.push([target, imported.exported]);
  }
  return found;
}
