export const editors = ["vscode", "cursor"] as const;
export type Editor = (typeof editors)[number];

/** Where a project's checkout lies on this machine, and what opens it. */
export interface EditorSetting {
  readonly editor: Editor;
  /** An absolute path: `/home/ada/shop`, `C:\code\shop`. */
  readonly folder: string;
}

interface Place {
  /** From the root of the repository. */
  readonly path: string;
  readonly line: number | null;
  readonly column: number | null;
}

/** Whether a path is one that a link may name: absolute, of Unix or Windows. */
export function isAbsolute(folder: string): boolean {
  return /^(\/|[a-z]:[\\/])/i.test(folder);
}

/**
 * The link that opens a place in an editor, `vscode://file/…:line:column`; null for what is not below the folder: a path of a stack is
 * a text from outside, and `..` in it leads elsewhere.
 */
export function editorLink({ editor, folder }: EditorSetting, { path, line, column }: Place): string | null {
  const parts = path.split(/[\\/]/).filter((part) => part !== "" && part !== ".");
  if (!isAbsolute(folder) || parts.length === 0 || parts.includes("..")) return null;
  const root = folder
    .replaceAll("\\", "/")
    .replace(/\/+$/, "")
    .split("/")
    .map((part, at) => (at === 0 && /^[a-z]:$/i.test(part) ? part : encodeURIComponent(part)))
    .join("/");
  const place = [parts.map(encodeURIComponent).join("/"), line, line === null ? null : column].filter(
    (part) => part !== null,
  );
  return `${editor}://file${root.startsWith("/") ? "" : "/"}${root}/${place.join(":")}`;
}
