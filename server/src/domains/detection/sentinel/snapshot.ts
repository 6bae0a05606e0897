/** Something to keep as evidence: how it was, and where it can be read again. */
export interface Snapshot {
  readonly ref: string;
  readonly title: string;
  readonly text: string;
  /** A series that the detector fired on. */
  readonly isFired?: boolean;
}
