/** What the ledger's process is told, and what it says. */
export interface LedgerOrder {
  readonly port: number;
  readonly dsnNumber: string;
  readonly ingestKey: string;
  readonly connections: number;
  readonly fingerprints: number;
}

export interface LedgerState {
  /** Events that were made; each is sent until it is acknowledged. */
  readonly made: number;
  readonly acknowledged: number;
  /** Requests that were sent again with the same event id. */
  readonly sentAgain: number;
  /** Answers that no repetition mends (4xx but 429): a fault of the bench or of Culprit. */
  readonly refused: number;
}

export type ToLedger =
  | { readonly begin: LedgerOrder }
  | { readonly ask: "state" }
  /** Make nothing new, send until all is acknowledged, write the acknowledged ids to this file, one a line. */
  | { readonly finish: string };
