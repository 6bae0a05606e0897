export { type ClickHouseTelemetryOptions, openClickHouseTelemetry } from "./open-clickhouse-telemetry.ts";
