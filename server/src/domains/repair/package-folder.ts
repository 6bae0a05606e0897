/** What a project in another language is built with, by the ending of its sources. */
const languages: readonly { readonly source: RegExp; readonly marker: RegExp }[] = [
  { source: /\.go$/, marker: /^go\.(?:mod|work)$/ },
  { source: /\.rs$/, marker: /^Cargo\.lock$/ },
  { source: /\.(?:java|kt|scala)$/, marker: /^(?:pom\.xml|build\.gradle(?:\.kts)?)$/ },
  { source: /\.py$/, marker: /^(?:requirements.*\.txt|pyproject\.toml|setup\.cfg)$/ },
  { source: /\.rb$/, marker: /^Gemfile\.lock$/ },
  { source: /\.php$/, marker: /^composer\.lock$/ },
];

/**
 * The folder of the package that failed, `""` for the whole repository: where the root has no manifest, the nearest folder above a
 * failing file that has one. A workspace is worked on from its root, which holds the lock file and the commands. What failed in another
 * language is worked on where that language is built: the outermost folder above it that says how.
 */
export function packageFolder(files: readonly string[], failing: readonly string[]): string {
  const other = languageFolder(files, failing);
  if (other !== null) return other;
  const manifests = new Set(
    files.filter((path) => /(?:^|\/)package\.json$/.test(path) && !path.includes("node_modules/")),
  );
  if (manifests.size === 0 || manifests.has("package.json")) return "";
  for (const path of failing) {
    const parts = path.split("/").slice(0, -1);
    for (; parts.length > 0; parts.pop()) {
      const folder = parts.join("/");
      if (manifests.has(`${folder}/package.json`)) return folder;
    }
  }
  const [only] = manifests;
  return manifests.size === 1 && only !== undefined ? only.replace(/\/?package\.json$/, "") : "";
}

function languageFolder(files: readonly string[], failing: readonly string[]): string | null {
  const [path = ""] = failing;
  const language = languages.find(({ source }) => source.test(path));
  if (language === undefined) return null;
  const folders = files
    .filter((file) => language.marker.test(file.split("/").at(-1) ?? ""))
    .map((file) => file.split("/").slice(0, -1).join("/"))
    .filter((folder) => folder === "" || path.startsWith(`${folder}/`));
  return folders.sort((a, b) => a.length - b.length)[0] ?? null;
}

/** A path of the repository as the package's own tools name it. */
export function insidePackage(folder: string, path: string): string {
  return folder !== "" && path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : path;
}

/** The files of a package by the paths they have inside it. */
export function filesOfPackage(folder: string, files: readonly string[]): readonly string[] {
  return folder === ""
    ? files
    : files.flatMap((path) => (path.startsWith(`${folder}/`) ? [insidePackage(folder, path)] : []));
}
