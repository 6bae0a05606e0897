/** The diff that removes a file, as git writes it. */
export function deletionDiff(path: string, text: string): string {
  const isEnded = text.endsWith("\n");
  const lines = (isEnded ? text.slice(0, -1) : text).split("\n");
  const quoted = (prefix: string): string =>
    /^[\w@./+-]+$/.test(path) ? `${prefix}${path}` : JSON.stringify(`${prefix}${path}`);
  const head = [`diff --git ${quoted("a/")} ${quoted("b/")}`, "deleted file mode 100644"];
  if (text === "") return `${head.join("\n")}\n`;
  return [
    ...head,
    `--- ${quoted("a/")}`,
    "+++ /dev/null",
    `@@ -1${lines.length === 1 ? "" : `,${lines.length}`} +0,0 @@`,
    ...lines.map((line) => `-${line}`),
    ...(isEnded ? [] : ["\\ No newline at end of file"]),
    "",
  ].join("\n");
}
