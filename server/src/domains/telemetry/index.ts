export { LOG_LINES_METRIC, type TemplateNews } from "./accept/log-templates.ts";
export { projectServices } from "./accept/project-services.ts";
export { loadTemplates, storeTemplates } from "./accept/store-templates.ts";
export { Telemetry, type TelemetryDeps, type TelemetrySettings } from "./accept/telemetry.ts";
export { redNames } from "./red/red-names.ts";
export { reopenRef } from "./reopen-ref.ts";
export {
  addScrapeTarget,
  listScrapeTargets,
  removeScrapeTarget,
  switchScrapeTarget,
} from "./scrape/manage-targets.ts";
export { Scraper } from "./scrape/scraper.ts";
export { joinPoints, lookbackMs, type PointColumns, stepSeries } from "./step-series.ts";
export { type CopiedTelemetry, copyTelemetry } from "./store/copy-telemetry.ts";
export { openPostgresTelemetry } from "./store/open-postgres-telemetry.ts";
export * from "./telemetry-port.ts";
export { readRef, writeRef } from "./telemetry-ref.ts";
export { wordsOf } from "./words-of.ts";
