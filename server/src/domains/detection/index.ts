export { type GateInput, type GateResult, gateIncidents, reconsiderSuppressed } from "./gate/gate-incidents.ts";
export { tryOnHistory } from "./gate/try-on-history.ts";
export { findPolicy, listPolicies, movePolicy, writePolicy } from "./gate/write-policy.ts";
