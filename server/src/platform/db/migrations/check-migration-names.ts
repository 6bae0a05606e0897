import { MIGRATION_FILE } from "./migration-files.ts";

/**
 * What is wrong with the file names of a migrations folder, one sentence each; empty when all is well. Finds names of another form,
 * two migrations with one timestamp or one name, and a missing up or down file. Pure, for `npm run verify`.
 */
export function checkMigrationNames(files: readonly string[]): string[] {
  const problems: string[] = [];
  const directionsById = new Map<string, Set<string>>();
  for (const file of files) {
    const { version, name, direction } = MIGRATION_FILE.exec(file)?.groups ?? {};
    if (version === undefined || name === undefined || direction === undefined) {
      problems.push(`${file}: name it <14 digits of UTC time>_<snake_case>.up.sql or .down.sql`);
      continue;
    }
    const id = `${version}_${name}`;
    directionsById.set(id, (directionsById.get(id) ?? new Set()).add(direction));
  }
  const ids = [...directionsById.keys()].sort();
  for (const [id, directions] of directionsById) {
    if (!directions.has("up")) problems.push(`${id}: the up file is missing`);
    if (!directions.has("down")) problems.push(`${id}: the down file is missing; write how to undo it`);
  }
  problems.push(...findDuplicates(ids, "timestamp", (id) => id.slice(0, 14)));
  problems.push(...findDuplicates(ids, "name", (id) => id.slice(15)));
  return problems;
}

function findDuplicates(ids: readonly string[], what: string, keyOf: (id: string) => string): string[] {
  return ids.flatMap((id, index) => {
    const first = ids.findIndex((other) => keyOf(other) === keyOf(id));
    return first === index
      ? []
      : [`${id}: has the same ${what} as ${ids[first]}; make a new one with \`culprit migrate new\``];
  });
}
