export { checkQuality, type QualityRequest, type QualityVerdict } from "./check-quality.ts";
export type { Lint, LintFinding } from "./lint-port.ts";
export { loadAutopsy } from "./load-autopsy.ts";
export type { PackageSource, Progress, RepairDeps } from "./repair-deps.ts";
export { type RepairOutcome, repairIncident } from "./repair-incident.ts";
export type { OpenRepairRepository, RepairRepository } from "./repository-port.ts";
export { type AgentOutcome, type AgentRequest, type AgentSetting, runAgent } from "./run-agent.ts";
export { runScript, type ScriptOutcome, type ScriptRequest } from "./run-script.ts";
export type { Sandbox, SandboxProvider } from "./sandbox-port.ts";
