import type { ErrorSignal, ExceptionInfo, Fault, StackFrame } from "@culprit/contract";
import { scrubJson } from "./scrub-json.ts";
import { type ScrubCounts, type ScrubOptions, scrubText, storable } from "./scrub-text.ts";

/** Longest texts of a signal that are stored; the columns behind them are as wide or wider. */
export const signalLimits = {
  title: 512,
  type: 255,
  message: 65_536,
  stackText: 262_144,
  file: 1_024,
  function: 512,
  sourceLine: 512,
  name: 255,
  environment: 50,
  route: 2_048,
} as const;

export interface ScrubbedSignal {
  readonly signal: ErrorSignal;
  /** How many of each kind were taken out; empty when there was nothing. */
  readonly counts: ScrubCounts;
}

/**
 * The signal as it may be stored: without secrets and personal data, without NUL and lone surrogates, within
 * `signalLimits`. To be called once, after the mapper and before anything is written or hashed.
 */
export function scrubSignal(signal: ErrorSignal, options: ScrubOptions = {}): ScrubbedSignal {
  const counts: ScrubCounts = {};
  const text = (value: string, max: number) =>
    scrubText(value.length > max ? value.slice(0, max) : value, counts, options);
  const name = (value: string | null, max: number = signalLimits.name) =>
    value === null ? null : storable(value.slice(0, max));
  const scrubbed: ErrorSignal = {
    ...signal,
    title: text(signal.title, signalLimits.title),
    exceptions: signal.exceptions.map((exception) => scrubException(exception, text)),
    ...(signal.description === undefined ? {} : { description: text(signal.description, signalLimits.message) }),
    stackText: signal.stackText === null ? null : text(signal.stackText, signalLimits.stackText),
    service: name(signal.service),
    environment: storable(signal.environment.slice(0, signalLimits.environment)),
    release: signal.release === null ? null : text(signal.release, signalLimits.name),
    deploymentId: name(signal.deploymentId),
    traceId: name(signal.traceId),
    spanId: name(signal.spanId),
    runtime: name(signal.runtime),
    request:
      signal.request === null
        ? null
        : {
            method: name(signal.request.method, 32),
            route: signal.request.route === null ? null : text(signal.request.route, signalLimits.route),
            status: signal.request.status,
          },
    ...(signal.fault === undefined ? {} : { fault: scrubFault(signal.fault, text) }),
    payload: asRecord(scrubJson(signal.payload, counts, options)),
  };
  return { signal: scrubbed, counts };
}

type ScrubBounded = (value: string, max: number, isSourceCode?: boolean) => string;

/** Names of resources are not prose; the context is what a container wrote last. */
function scrubFault(fault: Fault, text: ScrubBounded): Fault {
  const { apiVersion, kind, name, namespace, uid } = fault.resource;
  return {
    ...fault,
    faultId: storable(fault.faultId),
    faultType: storable(fault.faultType),
    cluster: storable(fault.cluster),
    subscriptionId: storable(fault.subscriptionId),
    context: text(fault.context, signalLimits.message),
    resource: {
      apiVersion: storable(apiVersion),
      kind: storable(kind),
      name: storable(name),
      namespace: storable(namespace),
      uid: storable(uid),
    },
  };
}

function scrubException(exception: ExceptionInfo, text: ScrubBounded): ExceptionInfo {
  return {
    type: text(exception.type, signalLimits.type),
    message: text(exception.message, signalLimits.message),
    frames: exception.frames.map((frame) => scrubFrame(frame, text)),
  };
}

/** Returns the frame itself where nothing changed, which is nearly always. */
function scrubFrame(frame: StackFrame, text: ScrubBounded): StackFrame {
  const file = frame.file === null ? null : text(frame.file, signalLimits.file);
  const name = frame.function === null ? null : text(frame.function, signalLimits.function);
  const source = frame.sourceLine === undefined ? undefined : text(frame.sourceLine, signalLimits.sourceLine, true);
  if (file === frame.file && name === frame.function && source === frame.sourceLine) return frame;
  return { ...frame, file, function: name, ...(source === undefined ? {} : { sourceLine: source }) };
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? { ...value } : {};
}
