/** How an engine beside the database stands: what every port answers to `check`. */
export interface EngineCheck {
  readonly engine: string;
  /** What it is asked for, such as `topology`; one engine may serve several. */
  readonly serves?: string;
  readonly isHealthy: boolean;
  /** The engine's own words, and what to do about it. */
  readonly message: string;
}
