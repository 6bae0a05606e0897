import type { CaseChange, CaseCommit } from "@culprit/contract";
import type { Observations } from "../../analysis/observations/observations.ts";

export const caseFormats = ["culprit", "petshop", "sockshop", "rcaeval", "nezha"] as const;
export type CaseFormat = (typeof caseFormats)[number];

/** A case as it was read: what the engine sees, and what only the file format of Culprit knows of changes and commits. */
export interface CaseRecord {
  readonly observations: Observations;
  readonly changes: readonly CaseChange[];
  readonly commits: readonly CaseCommit[];
}

/** Reads cases of one layout of files. */
export interface CaseReader {
  readonly format: CaseFormat;
  /** The files by which the layout is told from others, for the message that none was. */
  readonly signs: string;
  /** Whether the folder looks like a case of this layout; never throws. */
  recognizes(folder: string): Promise<boolean>;
  /** @throws CulpritError INVALID_REQUEST that names file, line, reason and remedy. */
  read(folder: string): Promise<CaseRecord>;
}
