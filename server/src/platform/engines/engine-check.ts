/** How an engine beside the database stands: what every port answers to `check`. */
export interface EngineCheck {
  readonly engine: string;
  readonly isHealthy: boolean;
  /** The engine's own words, and what to do about it. */
  readonly message: string;
}
