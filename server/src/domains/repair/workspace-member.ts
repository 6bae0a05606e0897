import { objectOf, readJsonObject } from "../../analysis/fixers/read-json-object.ts";

/**
 * The member of a workspace that failed, by its folder: the nearest folder above a failing file that has a manifest of its own,
 * where the root's says that it is a workspace. Null where the failure is the root's own.
 */
export function workspaceMember(
  files: readonly string[],
  rootManifest: string | null,
  failing: readonly string[],
): string | null {
  const isWorkspace = readJsonObject(rootManifest).workspaces !== undefined || files.includes("pnpm-workspace.yaml");
  if (!isWorkspace) return null;
  const known = new Set(files);
  for (const path of failing) {
    const parts = path.split("/").slice(0, -1);
    for (; parts.length > 0; parts.pop()) {
      const folder = parts.join("/");
      if (known.has(`${folder}/package.json`) && !folder.includes("node_modules")) return folder;
    }
  }
  return null;
}

/**
 * The root's manifest as the member means it: the member's tests run in the member's folder, its service is started by its own
 * script, and what it depends on counts beside what the root does. A member without tests is tested by the root's.
 */
export function manifestOfMember(rootManifest: string | null, memberManifest: string | null, folder: string): string {
  const [root, member] = [readJsonObject(rootManifest), readJsonObject(memberManifest)];
  const [rootScripts, own] = [objectOf(root.scripts), objectOf(member.scripts)];
  const scripts: Record<string, unknown> = { ...rootScripts };
  if (typeof own.test === "string" && !/no test specified/.test(own.test))
    scripts.test = `cd '${folder.replaceAll("'", `'\\''`)}' && PATH="$PWD/node_modules/.bin:$PATH" && ${own.test}`;
  for (const name of ["start", "serve", "dev"])
    if (typeof own[name] === "string") scripts[name] = own[name].replace(scriptFile, `$1${folder}/$2`);
  return JSON.stringify({
    ...root,
    ...(member.type === undefined ? {} : { type: member.type }),
    ...(typeof member.main === "string" ? { main: `${folder}/${member.main.replace(/^\.\//, "")}` } : {}),
    scripts,
    dependencies: { ...objectOf(root.dependencies), ...objectOf(member.dependencies) },
    devDependencies: { ...objectOf(root.devDependencies), ...objectOf(member.devDependencies) },
  });
}

const scriptFile = /(^|\s)(?:\.\/)?([\w@][\w@./-]*\.[cm]?[jt]s)(?=\s|$)/g;
