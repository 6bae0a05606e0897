/** Any number of folders, none included; and at least one name. */
const anyDepth = "**";
const anyBelow = "**+";

/**
 * Whether a path lies under a pattern of .gitignore's kind: `/` at the start or in the middle binds it to the root, `/` at the end means a folder with
 * all in it, `*` stays within one folder, `**` as a whole name does not. A plain name matches at any depth. Both texts come from a repository, so it is no regular
 * expression: those take time without end for a pattern of many stars. Takes at most the product of both lengths.
 * @source https://git-scm.com/docs/gitignore, pattern format; no negation, no character classes, as CODEOWNERS have none
 */
export function matchesPath(pattern: string, path: string): boolean {
  return matchAll(partsOf(pattern), path.split("/"), {
    isMany: (part) => part === anyDepth,
    isOne: (part, name) => part === anyBelow || matchesName(part, name),
  });
}

function partsOf(pattern: string): readonly string[] {
  const isBound = pattern.replace(/\/$/, "").includes("/");
  const names = pattern.replace(/^\//, "").replace(/\/$/, "").split("/");
  const last = names.at(-1);
  const isFolder = pattern.endsWith("/") || (last === anyDepth && names.length > 1);
  const own = last === anyDepth && names.length > 1 ? names.slice(0, -1) : names;
  // A star at the end names files of that folder only; a plain name may be a folder, with all in it.
  const tail = isFolder ? [anyBelow, anyDepth] : last === "*" ? [] : [anyDepth];
  return [...(isBound ? [] : [anyDepth]), ...own, ...tail];
}

/** One name against `*`, any characters, and `?`, one. */
function matchesName(pattern: string, name: string): boolean {
  return matchAll([...pattern], [...name], {
    isMany: (part) => part === "*",
    isOne: (part, char) => part === "?" || part === char,
  });
}

/** Goes along both; where it fails, the last part that stands for many takes one more. Earlier ones need not be tried again: what follows them was found as early as can be. */
function matchAll(
  parts: readonly string[],
  items: readonly string[],
  rule: {
    readonly isMany: (part: string) => boolean;
    readonly isOne: (part: string, item: string) => boolean;
  },
): boolean {
  let [at, item] = [0, 0];
  let [many, resume] = [-1, 0];
  while (item < items.length) {
    const part = parts[at];
    if (part !== undefined && rule.isMany(part)) {
      [many, resume] = [at, item];
      at += 1;
    } else if (part !== undefined && rule.isOne(part, items[item] ?? "")) {
      at += 1;
      item += 1;
    } else {
      if (many < 0) return false;
      resume += 1;
      [at, item] = [many + 1, resume];
    }
  }
  while (at < parts.length && rule.isMany(parts[at] ?? "")) at += 1;
  return at === parts.length;
}
