export { DiskGuard } from "./disk-guard.ts";
export { Intake, type IntakeSettings, prepareSignal } from "./intake.ts";
export { ingestToSignal } from "./mappers/ingest-to-signal.ts";
