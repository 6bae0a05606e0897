export { listDetectors } from "./detectors/list-detectors.ts";
export { type DetectorChange, setDetector } from "./detectors/set-detector.ts";
export { tellStates } from "./detectors/tell-states.ts";
export { type GateInput, type GateResult, gateIncidents, reconsiderSuppressed } from "./gate/gate-incidents.ts";
export { listShadow } from "./gate/list-shadow.ts";
export { tryOnHistory } from "./gate/try-on-history.ts";
export { findPolicy, listPolicies, movePolicy, writePolicy } from "./gate/write-policy.ts";
export { LatencyThresholds, type ProjectThresholds } from "./latency/latency-thresholds.ts";
export {
  type AnnouncedMaintenance,
  announceMaintenance,
  endMaintenance,
  listMaintenance,
} from "./maintenance/maintenance-windows.ts";
export type { SentinelDeps } from "./sentinel/open-trigger.ts";
export { Sentinel } from "./sentinel/sentinel.ts";
export { emptyMemory, type Look, type ProjectMemory, watchProject } from "./sentinel/watch-project.ts";
