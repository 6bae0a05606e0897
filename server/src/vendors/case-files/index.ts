import { stat } from "node:fs/promises";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { type CaseFormat, type CaseReader, type CaseRecord, caseFormats } from "./case-reader.ts";
import { checkObservations } from "./check-observations.ts";
import { culpritReader } from "./culprit/read-culprit.ts";
import { nezhaReader } from "./nezha/read-nezha.ts";
import { petshopReader } from "./petshop/read-petshop.ts";
import { rcaevalReader } from "./rcaeval/read-rcaeval.ts";
import { sockshopReader } from "./sockshop/read-sockshop.ts";

export { type CaseFormat, type CaseRecord, caseFormats } from "./case-reader.ts";

const readers: readonly CaseReader[] = [culpritReader, nezhaReader, petshopReader, sockshopReader, rcaevalReader];

/** The format of that name. @throws CulpritError INVALID_REQUEST where there is none. */
export function caseFormatOf(name: string): CaseFormat {
  const format = caseFormats.find((one) => one === name);
  if (format !== undefined) return format;
  throw new CulpritError(
    "INVALID_REQUEST",
    `There is no case format ${JSON.stringify(name)}. Known are ${caseFormats.join(", ")}.`,
    {
      details: { field: "format", provided: name },
    },
  );
}

/**
 * A case folder as observations, in the format that is said or, with null, the one that its files show.
 * @throws CulpritError INVALID_REQUEST: no such folder, no known format, or a file that can't be read, with line, reason and remedy.
 */
export async function readCase(
  folder: string,
  format: CaseFormat | null,
): Promise<CaseRecord & { readonly format: CaseFormat }> {
  const found = await stat(folder).catch(() => null);
  if (found?.isDirectory() !== true)
    throw new CulpritError(
      "INVALID_REQUEST",
      `${folder} is ${found === null ? "not there" : "no folder"}. A case is a folder of files (docs/case-format.md).`,
    );
  const reader = format === null ? await recognize(folder) : readers.find((one) => one.format === format);
  if (reader === undefined)
    throw new CulpritError(
      "INVALID_REQUEST",
      `${folder} looks like no case that is known: ${readers.map(({ format: name, signs }) => `${name} has ${signs}`).join("; ")}. Say which it is with --format.`,
    );
  const record = await reader.read(folder);
  return { ...record, observations: checkObservations(record.observations), format: reader.format };
}

async function recognize(folder: string): Promise<CaseReader | undefined> {
  for (const reader of readers) if (await reader.recognizes(folder)) return reader;
  return undefined;
}
