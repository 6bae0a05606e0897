import type { Attributes, AttributeValue } from "./span.ts";

/** What Culprit reads of a LogRecord of opentelemetry-proto `logs/v1`, the same from JSON and protobuf. */
export interface LogLine {
  readonly timeMs: number;
  readonly observedMs: number;
  readonly severityNumber: number;
  readonly severityText: string;
  readonly body: AttributeValue;
  readonly attributes: Attributes;
  /** 32 lower-case hex digits, or empty. */
  readonly traceId: string;
  /** 16 lower-case hex digits, or empty. */
  readonly spanId: string;
  readonly eventName: string;
}

export interface ResourceLogs {
  readonly resource: Attributes;
  readonly lines: readonly LogLine[];
}

/** Log lines in one request; over it is an error, because cutting would lose lines in silence. */
export const logLinesMax = 100_000;
