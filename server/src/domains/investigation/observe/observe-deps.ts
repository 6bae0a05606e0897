import type { ChangeDeps, Topology } from "../../change/index.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";
import type { Retrieval } from "../retrieval/retrieval-port.ts";

/** What an investigation reads: code and changes, telemetry, who calls whom, and what was written of the like. */
export interface InvestigationDeps extends ChangeDeps {
  readonly telemetry: TelemetryReader;
  readonly topology: Topology;
  readonly retrieval: Pick<Retrieval, "search">;
  /** Whose clock says what is now; the machine's unless told. */
  readonly now?: () => Date;
}
