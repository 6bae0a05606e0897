/**
 * FROZEN. Fingerprint version 1: what makes two signals the same failure. Incidents are stored under it, so neither this file
 * nor what it is made of (`normalize-*.ts`) may change its answers; `v1.test.ts` pins them. A better rule is a new version.
 */
import type { ErrorSignal, ExceptionInfo, StackFrame } from "@culprit/contract";
import { normalizeFunction } from "./normalize-function.ts";
import { normalizeMessage } from "./normalize-message.ts";
import { normalizePath } from "./normalize-path.ts";
import { normalizeRoute } from "./normalize-route.ts";
import { remembered } from "./remembered.ts";

/** The canonical text of a failure; the intake stores its hash. */
export interface Fingerprint {
  readonly version: number;
  readonly key: string;
}

// The same few files and functions come again and again: 3 µs a frame without the memory, 0.3 µs with it.
const pathOf = remembered(normalizePath);
const functionOf = remembered(normalizeFunction);

const framesMax = 32;
/** Outermost frames used when none is the project's own: they name the entry point, which differs least between releases of a library. */
const foreignFrames = 3;

/**
 * The key of a failure: type, normalised message and normalised in-app frames of every exception of the chain. Line numbers
 * are left out, because they move with every release. A failed request without an exception is known by its service,
 * method, route and class of status.
 */
export function fingerprintV1(signal: ErrorSignal): Fingerprint {
  if (signal.exceptions.length === 0) return { version: 1, key: requestKey(signal) };
  return { version: 1, key: ["v1", ...signal.exceptions.map(exceptionKey)].join("\n") };
}

function requestKey(signal: ErrorSignal): string {
  const { request } = signal;
  if (request === null) return ["v1", signal.detector, signal.service ?? "", normalizeMessage(signal.title)].join("\n");
  const status = request.status === null ? "" : `${Math.floor(request.status / 100)}xx`;
  const what = `${request.method?.toUpperCase() ?? ""} ${normalizeRoute(request.route)} ${status}`;
  return ["v1", signal.detector, signal.service ?? "", what].join("\n");
}

function exceptionKey(exception: ExceptionInfo): string {
  const type = exception.type.slice(exception.type.lastIndexOf(".") + 1);
  return [`! ${type}: ${normalizeMessage(exception.message)}`, ...frameKeys(exception.frames)].join("\n");
}

function frameKeys(frames: readonly StackFrame[]): readonly string[] {
  const own = frames.filter((frame) => frame.isInApp);
  const chosen = own.length > 0 ? own : frames.slice(-foreignFrames);
  const keys: string[] = [];
  for (const frame of chosen) {
    const key = frameKey(frame);
    // A recursion is the same failure at any depth.
    if (key !== keys.at(-1)) keys.push(key);
    if (keys.length === framesMax) break;
  }
  return keys;
}

function frameKey(frame: StackFrame): string {
  const { path, isHashed } = pathOf(frame.file ?? "");
  const name = functionOf(frame.function ?? "");
  return `${path} ${isHashed && name.length <= 2 ? "<minified>" : name}`;
}
