export { type FaultReceipt, signalOfFault } from "./signal-of-fault.ts";
export { workloadOf } from "./workload-of.ts";
