import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { caseFileError } from "./case-file-error.ts";

const unzip = promisify(gunzip);
/** Larger files are refused before they fill the memory. */
const BYTES_MAX = 1024 ** 3;

/** The path of the first of these files that is there, plain or as `.gz`; null where none is. */
export async function findCaseFile(folders: readonly string[], names: readonly string[]): Promise<string | null> {
  for (const folder of folders)
    for (const name of names)
      for (const path of [join(folder, name), join(folder, `${name}.gz`)]) {
        const found = await stat(path).catch(() => null);
        if (found?.isFile() === true) return path;
      }
  return null;
}

/** The text of a file, unpacked where its name ends in `.gz`. @throws CulpritError INVALID_REQUEST where it can't be read. */
export async function readCaseText(path: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    const plain = path.endsWith(".gz") ? await unzip(bytes, { maxOutputLength: BYTES_MAX }) : bytes;
    return plain.toString("utf8");
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? "";
    throw caseFileError({
      file: path,
      reason: code === "ENOENT" ? "there is no such file" : `it can't be read (${code || (cause as Error).message})`,
      remedy: path.endsWith(".gz") ? "Check that it is a whole gzip file." : "Check the path and who may read it.",
      cause,
    });
  }
}
