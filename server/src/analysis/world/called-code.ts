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
        queue.push({ path: target, name, weight, label, depth });
      if (imported.exported === "default" || imported.exported === "*")
        queue.push({ path: target, name: "*", weight: weight * 0.6, label, depth });
    }
    for (const definition of definitionsOf(all, names, own)) {
      if (definition.first >= own.first && definition.last <= own.last && own.first !== own.last) continue;
      queue.push({ path, name: definition.name, weight, label: `${definition.name}, used ${where}`, depth });
    }
  };

  for (const place of places) {
    const all = linesOf(place.path);
    if (all === null) continue;
    const text = all[place.line - 1] ?? "";
    const own = enclosingFunction(all, place.line);
    regions.push({
      kind: "line",
      path: place.path,
      first: place.line,
      last: place.line,
      weight: place.weight,
      label: `the failing line ${place.path}:${place.line}`,
    });
    regions.push({
      kind: "function",
      path: place.path,
      ...own,
      weight: place.weight,
      label: `the function around ${place.path}:${place.line}`,
    });
    follow(place.path, [text], own, place.weight, `on ${place.path}:${place.line}`, 1);
    const code = all.slice(own.first - 1, own.last);
    const fed = feedingLines(code, place.line - own.first);
    for (const at of fed) {
      const line = own.first + at;
      regions.push({
        kind: "feeding",
        path: place.path,
        first: line,
        last: line,
        weight: place.weight,
        label: `the line ${place.path}:${line}, which gives ${place.path}:${place.line} what it fails on`,
      });
    }
    if (fed.length > 0)
      follow(
        place.path,
        fed.map((at) => code[at] ?? ""),
        own,
        place.weight * 0.95,
        `for what fails on ${place.path}:${place.line}`,
        1,
      );
    follow(
      place.path,
      all.slice(own.first - 1, own.last),
      own,
      place.weight * 0.8,
      `in the function around ${place.path}:${place.line}`,
      1,
    );
    for (const imported of imports.get(place.path) ?? []) {
      const name = resolveModule(place.path, imported.module, tree) === null ? packageOf(imported.module) : null;
      if (name !== null) use(name, place.weight * 0.5, `${imported.local}, imported by ${place.path}`);
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
      });
      continue;
    }
    const found = definitionsOf(all, [next.name], { first: -1, last: -1 });
    for (const { first, last } of found.slice(0, 3)) {
      regions.push({ kind: "called", path: next.path, first, last, weight: next.weight, label: next.label });
      if (next.depth < depthMax) {
        follow(
          next.path,
          all.slice(first - 1, last),
          { first, last },
          next.weight * 0.6,
          `by ${next.name} in ${next.path}`,
          next.depth + 1,
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
