import { askingLine, readMissingModule } from "../../analysis/fixers/follow-moved-file.ts";
import type { RepairCase } from "./load-repair-case.ts";
import { matchFrames, type RepositoryFrame } from "./match-frames.ts";
import type { RepairRepository } from "./repository-port.ts";

/**
 * Where a module asked for one that is not there: such an error has only frames of the loader, and its message names who asked
 * ("Require stack", "imported from"). The line is the first that names what was looked for.
 */
export async function missingModuleFrame(
  repository: RepairRepository,
  base: string,
  files: readonly string[],
  { errorMessage }: Pick<RepairCase, "errorMessage">,
): Promise<RepositoryFrame[]> {
  const asked = readMissingModule(errorMessage);
  if (asked?.importer == null) return [];
  const frame = { file: asked.importer, line: 1, column: null, function: null, module: null, isInApp: true };
  const [found] = matchFrames([frame], files);
  if (found === undefined) return [];
  const source = (await repository.readFile(base, found.path)) ?? "";
  return [{ ...found, line: askingLine(source, asked.missing) }];
}
