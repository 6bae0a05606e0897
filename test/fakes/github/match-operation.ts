import { type GitHubOperation, githubOperations } from "./operations.ts";

/** Parts of a path that may hold slashes. */
const deep = new Set(["path", "ref", "basehead"]);

const patterns = githubOperations.map((operation) => {
  const [method = "", template = ""] = operation.split(" ");
  const source = template.replace(/\{(\w+)\}/g, (_, name: string) => `(?<${name}>${deep.has(name) ? ".+" : "[^/]+"})`);
  return { operation, method, pattern: new RegExp(`^${source}$`) };
});

/** The operation that a request is for, with the parts of its path; null for one that is not among `operations.ts`. */
export function matchOperation(
  method: string,
  path: string,
): { readonly operation: GitHubOperation; readonly path: Readonly<Record<string, string>> } | null {
  for (const { operation, method: own, pattern } of patterns) {
    const match = own === method ? pattern.exec(path) : null;
    if (match === null) continue;
    const parts = Object.entries(match.groups ?? {}).map(([name, value]) => [name, decodeURIComponent(value)]);
    return { operation, path: Object.fromEntries(parts) as Record<string, string> };
  }
  return null;
}
