/**
 * The folder of the package that failed, `""` for the whole repository: where the root has no manifest, the nearest folder above a
 * failing file that has one. A workspace is worked on from its root, which holds the lock file and the commands.
 */
export function packageFolder(files: readonly string[], failing: readonly string[]): string {
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
