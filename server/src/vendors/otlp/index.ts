export { decodeJsonTraces } from "./decode-json.ts";
export { decodeProtobufTraces } from "./decode-protobuf.ts";
export { readOtlpLogs } from "./map-logs.ts";
export { readOtlpMetrics } from "./map-metrics.ts";
export { readOtlpTraces } from "./map-traces.ts";
export { refuseOtherSignal } from "./other-signal.ts";
export { encodeOtlpReply, type Rejected } from "./otlp-reply.ts";
export { type OtlpIntake, spansToSignals } from "./spans-to-signals.ts";
