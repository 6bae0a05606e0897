/** A name that a file takes from a module: `local` here, `exported` there (`*` for the whole module). */
export interface ImportedName {
  readonly local: string;
  readonly exported: string;
  readonly module: string;
}

function namesInBraces(list: string, separator: RegExp): { local: string; exported: string }[] {
  return list
    .split(",")
    .map((item) => item.trim().replace(/^type\s+/, ""))
    .filter((item) => item !== "" && !item.startsWith("..."))
    .flatMap((item) => {
      const [exported = "", local = exported] = item
        .replace(/=.*$/, "")
        .split(separator)
        .map((part) => part.trim());
      return /^[\w$]+$/.test(exported) && /^[\w$]+$/.test(local) ? [{ local, exported }] : [];
    });
}

/** Names that a source file imports: ES modules, CommonJS, Python and Java, by their usual forms. */
export function importsOf(text: string): ImportedName[] {
  const found: ImportedName[] = [];
  for (const match of text.matchAll(
    /\bimport\s+(?:type\s+)?([\w$]+)?\s*,?\s*(?:\{([^}]*)\}|\*\s*as\s+([\w$]+))?\s*from\s*["']([^"']+)["']/g,
  )) {
    const [, whole, list, space, module = ""] = match;
    if (whole !== undefined) found.push({ local: whole, exported: "default", module });
    if (space !== undefined) found.push({ local: space, exported: "*", module });
    for (const name of namesInBraces(list ?? "", /\s+as\s+/)) found.push({ ...name, module });
  }
  for (const match of text.matchAll(
    /\b(?:const|let|var)\s+(?:([\w$]+)|\{([^}]*)\})\s*=\s*(?:await\s+)?(?:require|import)\(\s*["']([^"']+)["']\s*\)(?:\.([\w$]+))?/g,
  )) {
    const [, whole, list, module = "", member] = match;
    if (whole !== undefined) found.push({ local: whole, exported: member ?? "*", module });
    for (const name of namesInBraces(list ?? "", /\s*:\s*/)) found.push({ ...name, module });
  }
  for (const match of text.matchAll(/^\s*from\s+([\w.]+)\s+import\s+\(?([\w\s,*]+?)\)?\s*$/gm)) {
    for (const name of namesInBraces(match[2] ?? "", /\s+as\s+/)) found.push({ ...name, module: match[1] ?? "" });
  }
  for (const match of text.matchAll(/^\s*import\s+(?:static\s+)?([\w.]+)(?:\s+as\s+(\w+))?\s*;?\s*$/gm)) {
    const module = match[1] ?? "";
    found.push({ local: match[2] ?? module.split(".").at(-1) ?? module, exported: "*", module });
  }
  return found;
}

function join(folder: string, relative: string): string {
  const parts = folder === "" ? [] : folder.split("/");
  for (const part of relative.split("/")) {
    if (part === "..") parts.pop();
    else if (part !== "." && part !== "") parts.push(part);
  }
  return parts.join("/");
}

/** The file in the repository that a module name means, or null for a package. */
export function resolveModule(from: string, module: string, tree: ReadonlySet<string>): string | null {
  const folder = from.includes("/") ? from.slice(0, from.lastIndexOf("/")) : "";
  const bases: string[] = [];
  if (module.startsWith(".") && !/^\.+[\w.]*$/.test(module)) bases.push(join(folder, module));
  else if (/^\.+[\w]/.test(module)) {
    const dots = /^\.+/.exec(module)?.[0].length ?? 1;
    bases.push(join(folder, `${"../".repeat(dots - 1)}${module.slice(dots).replaceAll(".", "/")}`));
  } else if (/^[\w.]+$/.test(module) && module.includes(".")) {
    const path = module.replaceAll(".", "/");
    bases.push(path, join(folder, path), ...["src", "lib", "app", "src/main/java"].map((root) => `${root}/${path}`));
  } else if (/^[@~#]\//.test(module)) bases.push(join("src", module.slice(2)), module.slice(2));
  else if (/^\w+$/.test(module) && from.endsWith(".py")) bases.push(join(folder, module), module);
  for (const base of bases) {
    const stem = base.replace(/\.(?:[cm]?js|jsx)$/, "");
    for (const path of [
      base,
      ...["js", "ts", "mjs", "cjs", "mts", "tsx", "jsx", "py", "java", "json"].map((ext) => `${stem}.${ext}`),
      ...["js", "ts", "mjs"].map((ext) => `${base}/index.${ext}`),
      `${base}/__init__.py`,
    ]) {
      if (tree.has(path)) return path;
    }
  }
  return null;
}

/** The package that a module name means: `@scope/name/deep` is `@scope/name`; null for a path. */
export function packageOf(module: string): string | null {
  if (/^[./~#]|^node:/.test(module)) return null;
  const parts = module.split("/");
  return module.startsWith("@") ? (parts.length > 1 ? `${parts[0]}/${parts[1]}` : null) : (parts[0] ?? null);
}
