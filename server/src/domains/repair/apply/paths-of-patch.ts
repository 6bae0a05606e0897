/**
 * The files that a unified diff touches, old and new names, each once. Names are taken from `---` and `+++` before a hunk, and from
 * `rename`; those that git quotes are unquoted.
 */
export function pathsOfPatch(patch: string): string[] {
  const paths = new Set<string>();
  let left = 0;
  let right = 0;
  for (const line of patch.split("\n")) {
    if (left > 0 || right > 0) {
      if (line.startsWith("-")) left -= 1;
      else if (line.startsWith("+")) right -= 1;
      else if (!line.startsWith("\\")) [left, right] = [left - 1, right - 1];
      continue;
    }
    const hunk = /^@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@/.exec(line);
    if (hunk !== null) [left, right] = [Number(hunk[1] ?? 1), Number(hunk[2] ?? 1)];
    const name = /^(?:--- a\/|\+\+\+ b\/|rename from |rename to )(.*)$/.exec(line)?.[1];
    const quoted = /^(?:--- |\+\+\+ )"[ab]\/(.*)"$/.exec(line)?.[1];
    if (quoted !== undefined) paths.add(unquote(quoted));
    else if (name !== undefined) paths.add(name.replace(/\t.*$/, ""));
  }
  return [...paths];
}

/** As git quotes names: octal bytes of UTF-8, and C's escapes. */
function unquote(name: string): string {
  const bytes: number[] = [];
  const escapes: Readonly<Record<string, string>> = { n: "\n", t: "\t", r: "\r", '"': '"', "\\": "\\" };
  for (let at = 0; at < name.length; at += 1) {
    const octal = /^\\([0-7]{3})/.exec(name.slice(at, at + 4))?.[1];
    if (octal !== undefined) {
      bytes.push(Number.parseInt(octal, 8));
      at += 3;
    } else if (name[at] === "\\") {
      bytes.push(...new TextEncoder().encode(escapes[name[at + 1] ?? ""] ?? ""));
      at += 1;
    } else bytes.push(...new TextEncoder().encode(name[at] ?? ""));
  }
  return new TextDecoder().decode(new Uint8Array(bytes));
}
