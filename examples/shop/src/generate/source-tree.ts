import type { FormatStyle } from "./reformat.ts";

/**
 * The shop's files while its history is made. Texts are kept in the template's own words and layout, so that every edit
 * finds its place; words and layout are put on when a commit is written.
 */
export interface SourceTree {
  readonly files: Map<string, string | Buffer>;
  readonly styles: Map<string, FormatStyle>;
  /** Where (parts of) a file went: an edit that no longer finds its text looks there. */
  readonly movedTo: Map<string, string[]>;
}

export type Edit =
  | { readonly file: string; readonly find: string; readonly put: string }
  | { readonly file: string; readonly append: string }
  | { readonly file: string; readonly create: string | Buffer }
  | { readonly file: string; readonly remove: true }
  | { readonly moveFile: string; readonly to: string }
  | {
      readonly moveFrom: string;
      readonly to: string;
      /** Top-level declarations that go, in their new order. */
      readonly names: readonly string[];
      /** Import lines of the new file. */
      readonly imports: readonly string[];
      /** Import lines of the old file that become needless. */
      readonly drops?: readonly string[];
      /** What the old file says instead. */
      readonly leaves: string;
    };

/** An empty tree. */
export function createTree(): SourceTree {
  return { files: new Map(), styles: new Map(), movedTo: new Map() };
}

/** Applies edits in order. Throws when a text to replace is not there exactly once: a generator that guesses makes no history. */
export function applyEdits(tree: SourceTree, edits: readonly Edit[]): void {
  for (const edit of edits) applyEdit(tree, edit);
}

/** True when every text that the edits need is in the tree. */
export function canApply(tree: SourceTree, edits: readonly Edit[]): boolean {
  return edits.every((edit) => !("find" in edit) || locate(tree, edit.file, edit.find) !== null);
}

/** The file that holds a text now: the named one, or where its parts were moved to. */
export function locate(tree: SourceTree, file: string, text: string): string | null {
  const holders = [file, ...(tree.movedTo.get(file) ?? [])].filter((name) => {
    const source = tree.files.get(name);
    return typeof source === "string" && source.includes(text);
  });
  return holders[0] ?? null;
}

function applyEdit(tree: SourceTree, edit: Edit): void {
  if ("find" in edit) replaceOnce(tree, edit.file, edit.find, edit.put);
  else if ("append" in edit) tree.files.set(edit.file, textOf(tree, edit.file) + edit.append);
  else if ("create" in edit) tree.files.set(edit.file, edit.create);
  else if ("remove" in edit) tree.files.delete(edit.file);
  else if ("moveFile" in edit) moveFile(tree, edit.moveFile, edit.to);
  else moveDeclarations(tree, edit);
}

function textOf(tree: SourceTree, file: string): string {
  const source = tree.files.get(file);
  if (typeof source !== "string") throw new Error(`the shop has no text file ${file}`);
  return source;
}

function replaceOnce(tree: SourceTree, file: string, find: string, put: string): void {
  const holder = locate(tree, file, find);
  if (holder === null) throw new Error(`${file} does not hold: ${find}`);
  const source = textOf(tree, holder);
  if (source.indexOf(find) !== source.lastIndexOf(find)) throw new Error(`${holder} holds more than once: ${find}`);
  tree.files.set(
    holder,
    source.replace(find, () => put),
  );
}

function rememberMove(tree: SourceTree, from: string, to: string): void {
  tree.movedTo.set(from, [...(tree.movedTo.get(from) ?? []), to]);
  const style = tree.styles.get(from);
  if (style) tree.styles.set(to, style);
}

function moveFile(tree: SourceTree, from: string, to: string): void {
  const source = textOf(tree, from);
  tree.files.delete(from);
  tree.files.set(to, source);
  rememberMove(tree, from, to);
}

function moveDeclarations(tree: SourceTree, edit: Extract<Edit, { moveFrom: string }>): void {
  let source = textOf(tree, edit.moveFrom);
  const moved: string[] = [];
  for (const name of edit.names) {
    const found = declaration(name).exec(source);
    if (!found) throw new Error(`${edit.moveFrom} declares no ${name}`);
    moved.push(found[0].trim());
    source = source.replace(found[0], "\n");
  }
  for (const line of edit.drops ?? []) {
    if (!source.includes(`${line}\n`)) throw new Error(`${edit.moveFrom} does not import: ${line}`);
    source = source.replace(`${line}\n`, "");
  }
  const imports = /^(?:import .*\n)*/.exec(source)?.[0] ?? "";
  const rest = source.slice(imports.length).trim();
  tree.files.set(edit.moveFrom, `${imports}${edit.leaves}\n${rest === "" ? "" : `\n${rest}\n`}`);
  const head = edit.imports.length > 0 ? `${edit.imports.join("\n")}\n\n` : "";
  tree.files.set(edit.to, `${head}${moved.join("\n\n")}\n`);
  rememberMove(tree, edit.moveFrom, edit.to);
}

/** A top-level function or constant with its own doc comment, up to its closing line. */
function declaration(name: string): RegExp {
  const comment = String.raw`(?:\/\*\*(?:(?!\*\/)[^])*\*\/\n)?`;
  const functionBody = String.raw`(?:export )?(?:async )?function ${name}\([^]*?\n}\n`;
  const constant = String.raw`(?:export )?const ${name} =[^]*?;\n(?=\n|$|const )`;
  return new RegExp(String.raw`(?<=\n|^)${comment}(?:${functionBody}|${constant})`);
}
