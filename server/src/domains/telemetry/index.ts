export { reopenRef } from "./reopen-ref.ts";
export { joinPoints, type PointColumns, stepSeries } from "./step-series.ts";
export { openPostgresTelemetry } from "./store/open-postgres-telemetry.ts";
export * from "./telemetry-port.ts";
export { readRef, writeRef } from "./telemetry-ref.ts";
export { wordsOf } from "./words-of.ts";
