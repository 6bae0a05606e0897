export { decideIncident, type HandDecision } from "./decide-incident.ts";
export { emitAboutIncident } from "./emit-about-incident.ts";
export { type FoundIncident, findIncident } from "./find-incident.ts";
export { investigateAgain, investigateOnNewEvidence } from "./investigate-again.ts";
export { joinByService } from "./join-by-service.ts";
export { type IncidentFilter, listIncidents } from "./list-incidents.ts";
export { type IncidentRecord, loadIncident } from "./load-incident.ts";
export { loadParts } from "./load-parts.ts";
export { type Merge, mergeIncidents } from "./merge-incidents.ts";
export { moveByHand } from "./move-by-hand.ts";
export { newestDecision } from "./newest-decision.ts";
export {
  clearOwnFault,
  listOwnFaults,
  type OwnFault,
  type OwnFaultDeps,
  type OwnFaultName,
  ownEnvironment,
  reportOwnFault,
  type StandingOwnFault,
  settleOwnFaults,
} from "./own-fault.ts";
export { type Assignment, assignIncident } from "./owners/assign-incident.ts";
export { type Escalated, type Escalation, escalateIncident } from "./owners/escalate-incident.ts";
export { partOf } from "./part-of.ts";
export { prepareSignal } from "./prepare-signal.ts";
export { anyIncident, type IncidentQuery, type QueriedIncident, queryIncidents } from "./query-incidents.ts";
export { type SignalToStore, type StoredSignal, type StorePolicy, toStore } from "./signal-to-store.ts";
export { type Actor, moveIncident, moveIncidents, system } from "./status.ts";
export { type AlertDelivery, type StoredAlert, storeAlerts } from "./store-alerts.ts";
export { type StoreResult, storeSignals, storingConflicts } from "./store-signals.ts";
export { openTriageStore, type TriageStore } from "./triage-store/index.ts";
