import { CulpritError } from "../../errors/culprit-error.ts";
import type { BaseManifest } from "../backup/copy-manifest.ts";

/** Throws unless `at` is a moment with a zone, not before the end of the backup and not in the future. */
export function checkMoment(at: string, manifest: BaseManifest, now: Date): void {
  const details = { field: "at", provided: at };
  if (
    !/^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d(:?\d\d)?)$/.test(at) ||
    Number.isNaN(Date.parse(isoOf(at)))
  )
    throw new CulpritError(
      "INVALID_REQUEST",
      `--at is ${JSON.stringify(at)}; it must be a moment with its zone, like 2026-11-21T04:30:00Z or 2026-11-21T06:30:00+02:00.`,
      { details },
    );
  if (Date.parse(isoOf(at)) < Date.parse(manifest.finishedAt))
    throw new CulpritError(
      "INVALID_REQUEST",
      `--at is ${at}, and this backup was finished at ${manifest.finishedAt}: it leads to later moments only. Use an older backup.`,
      { details },
    );
  if (Date.parse(isoOf(at)) > now.getTime())
    throw new CulpritError(
      "INVALID_REQUEST",
      `--at is ${at}, which is in the future. Leave it out to restore all there is.`,
      { details },
    );
}

function isoOf(at: string): string {
  return at
    .replace(" ", "T")
    .replace(/([+-]\d\d)$/, "$1:00")
    .replace(/([+-]\d\d)(\d\d)$/, "$1:$2");
}
