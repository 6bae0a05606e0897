import type { ChangeDeps, Topology } from "../../change/index.ts";
import type { TelemetryReader } from "../../telemetry/index.ts";

/** What an investigation reads: code and changes, telemetry, and who calls whom. */
export interface InvestigationDeps extends ChangeDeps {
  readonly telemetry: TelemetryReader;
  readonly topology: Topology;
}
