import type { KnownIncident } from "./look-up.ts";
import type { JoinReason, SignalToStore } from "./signal-to-store.ts";

/** A signal that found its incident. */
export interface Occurrence {
  readonly item: SignalToStore;
  readonly incident: KnownIncident;
  readonly reason: JoinReason;
  /** True for the exception that explains what joined before it: its payload says what failed. */
  readonly isExplaining?: boolean;
}
