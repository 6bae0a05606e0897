/** The value of an attribute; integers beyond 2^53 come as text, bytes as hex. */
export type AttributeValue =
  | string
  | number
  | boolean
  | null
  | readonly AttributeValue[]
  | { readonly [key: string]: AttributeValue };
export type Attributes = Readonly<Record<string, AttributeValue>>;

/** What Culprit reads of a span, the same from JSON and protobuf. */
export interface Span {
  /** 32 lower-case hex digits. */
  readonly traceId: string;
  /** 16 lower-case hex digits. */
  readonly spanId: string;
  readonly parentSpanId: string | null;
  readonly name: string;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  readonly attributes: Attributes;
  readonly events: readonly SpanEvent[];
  readonly statusCode: number;
  readonly statusMessage: string;
}

export interface SpanEvent {
  readonly name: string;
  readonly timeMs: number;
  readonly attributes: Attributes;
}

export interface ResourceSpans {
  readonly resource: Attributes;
  readonly spans: readonly Span[];
}

export const spanKind = { internal: 1, server: 2, client: 3, producer: 4, consumer: 5 } as const;
export const statusCode = { unset: 0, ok: 1, error: 2 } as const;

/** What one request may hold; over it is an error, because cutting would lose failures in silence. */
export const otlpLimits = { spans: 100_000, attributes: 1_000, events: 1_000, valueDepth: 6 } as const;
