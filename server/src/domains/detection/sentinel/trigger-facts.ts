/** What a detector saw, as it is stored with the trigger (`incident_triggers.facts`) and read by the gate. */
export interface TriggerFacts {
  readonly text: string;
  readonly value: number | null;
  readonly threshold: number | null;
  /** What was normal when it began; a firing is judged by it until it ends. */
  readonly baseline: number | null;
  readonly requests_per_minute: number | null;
  /** Requests now by requests at this hour usually. */
  readonly traffic_ratio: number | null;
  /** 0..1 */
  readonly error_ratio: number | null;
  /** Processor time now by that of the hour before. */
  readonly cpu_ratio: number | null;
}
