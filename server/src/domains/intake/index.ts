export { DiskGuard } from "./disk-guard.ts";
export { Intake, type IntakeSettings } from "./intake.ts";
export { ingestToSignal } from "./mappers/ingest-to-signal.ts";
