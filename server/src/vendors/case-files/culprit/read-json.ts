import type { z } from "zod";
import { caseFileError } from "../case-file-error.ts";
import { readCaseText } from "../read-case-text.ts";

/** What a JSON file holds, checked. @throws CulpritError INVALID_REQUEST that names the file and what is wrong in it. */
export async function readJson<T>(path: string, schema: z.ZodType<T>, remedy: string): Promise<T> {
  return parseJson(path, undefined, await readCaseText(path), schema, remedy);
}

/** What each line of a file of JSON lines holds, checked; empty lines are skipped. @throws CulpritError INVALID_REQUEST that names file and line. */
export async function readJsonLines<T>(path: string, schema: z.ZodType<T>, remedy: string): Promise<T[]> {
  return (await readCaseText(path))
    .split("\n")
    .flatMap((text, at) => (text.trim() === "" ? [] : [parseJson(path, at + 1, text, schema, remedy)]));
}

function parseJson<T>(file: string, line: number | undefined, text: string, schema: z.ZodType<T>, remedy: string): T {
  const place = line === undefined ? { file } : { file, line };
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw caseFileError({ ...place, reason: `it is no JSON (${(cause as Error).message})`, remedy, cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const path = first === undefined || first.path.length === 0 ? "" : `${first.path.join(".")}: `;
  throw caseFileError({
    ...place,
    reason: `${path}${first?.message ?? "it has another shape"}`,
    remedy,
    cause: parsed.error,
  });
}
