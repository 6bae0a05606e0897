import { existsSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const linesSchema = z.object({ deleted_lines: z.array(z.number().int()), insert_after: z.array(z.number().int()) });

/** A file of cases: the tree before a repair, the lines that the repair touches, and the commit that was named as the cause. */
export const casesSchema = z.array(
  z.object({
    id: z.string(),
    repo: z.string().regex(/^[\w.-]+\/[\w.-]+$/),
    base_commit: z.string(),
    fix_location: z.record(z.string(), linesSchema),
    time_of_fix: z.number().optional(),
    truth: z.object({ bug_inducing_commit: z.string() }),
  }),
);
export type BlameCase = z.infer<typeof casesSchema>[number];

/** The git directory in a folder, or that the folder is, or null. */
export function gitDirOf(path: string): string | null {
  for (const place of [path, join(path, "repo")]) {
    if (existsSync(join(place, ".git"))) return join(place, ".git");
    if (existsSync(join(place, "HEAD")) && existsSync(join(place, "objects"))) return place;
  }
  return null;
}

/** The git directory of a case's repository under one of the folders, or null. */
export function findRepository(repo: string, folders: readonly string[]): string | null {
  const [owner = "", name = ""] = repo.split("/");
  for (const folder of folders) {
    for (const place of [
      `${owner}+${name}`,
      `${owner}+${name}.git`,
      `${owner}/${name}`,
      `${owner}/${name}.git`,
      name,
      `${name}.git`,
    ]) {
      const found = gitDirOf(join(folder, place));
      if (found !== null) return found;
    }
  }
  return null;
}

/** Lines where the repair changes the code stand in for the frames of a stack. */
export function framesOf(one: BlameCase): { file: string; line: number }[] {
  return Object.entries(one.fix_location).flatMap(([file, lines]) =>
    [...lines.deleted_lines, ...lines.insert_after].map((line) => ({ file, line: Math.max(1, line) })),
  );
}
