import { CulpritError } from "../../platform/errors/culprit-error.ts";

/** The fault of a case's file that can't be read: which file, which line, what is wrong with it and what to do. */
export function caseFileError(place: {
  readonly file: string;
  readonly line?: number;
  readonly reason: string;
  readonly remedy: string;
  readonly cause?: unknown;
}): CulpritError {
  const at = place.line === undefined ? place.file : `${place.file}, line ${place.line}`;
  return new CulpritError("INVALID_REQUEST", `${at}: ${place.reason}. ${place.remedy}`, {
    details: { field: at },
    ...(place.cause === undefined ? {} : { cause: place.cause }),
  });
}
