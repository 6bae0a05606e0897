export { decodeJsonTraces } from "./decode-json.ts";
export { decodeProtobufTraces } from "./decode-protobuf.ts";
export { encodeOtlpReply, mapOtlpTraces } from "./map-traces.ts";
export { type OtlpIntake, spansToSignals } from "./spans-to-signals.ts";
