export { type FoundIncident, findIncident } from "./find-incident.ts";
export { type GateResult, gateIncidents } from "./gate-incidents.ts";
export { investigateAgain, investigateOnNewEvidence } from "./investigate-again.ts";
export { type IncidentFilter, listIncidents } from "./list-incidents.ts";
export { type IncidentRecord, loadIncident } from "./load-incident.ts";
export { type SignalToStore, type StoredSignal, type StorePolicy, toStore } from "./signal-to-store.ts";
export { type Actor, moveIncident, moveIncidents, type StatusMove, system } from "./status.ts";
export { type StoreResult, storeSignals } from "./store-signals.ts";
