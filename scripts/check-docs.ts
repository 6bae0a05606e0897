import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize } from "node:path";

/**
 * What the documents name and the tree does not hold: relative links, and paths in back quotes that begin with a folder
 * of the repository.
 * @returns one line for each, naming document, path and remedy.
 */
export function findDeadPaths(root: string): string[] {
  const folders = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && !["node_modules", ".git"].includes(entry.name))
    .map(({ name }) => name);
  const documents = [
    ...readdirSync(root).filter((name) => name.endsWith(".md")),
    ...(existsSync(join(root, "docs"))
      ? readdirSync(join(root, "docs"), { recursive: true, encoding: "utf8" }).map((name) => `docs/${name}`)
      : []),
  ].filter((name) => name.endsWith(".md"));
  return documents.flatMap((document) => {
    const text = readFileSync(join(root, document), "utf8").replace(/^```[\s\S]*?^```/gm, "");
    const links = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, path]) =>
      normalize(join(dirname(document), path ?? "")),
    );
    const named = [...text.matchAll(/`([\w.@-]+(?:\/[\w.@-]+)+)\/?`/g)]
      .map(([, path]) => path ?? "")
      .filter((path) => folders.includes(path.split("/")[0] ?? ""));
    return [...links.filter((path) => !/^\w+:/.test(path)), ...named]
      .filter((path) => !path.startsWith(".culprit") && !existsSync(join(root, path)))
      .map((path) => `${document} names ${path}, which does not exist. Mend the path or the document.`);
  });
}
