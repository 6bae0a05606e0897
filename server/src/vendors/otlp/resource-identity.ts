import { commitFromRelease, commitSha } from "../../analysis/signal/index.ts";
import { textOf } from "./http-of-span.ts";
import type { Attributes } from "./span.ts";

/** Who sent the spans: the parts of a signal that a resource alone decides. */
export interface ResourceIdentity {
  readonly service: string | null;
  readonly environment: string;
  readonly release: string | null;
  readonly commitSha: string | null;
  readonly deploymentId: string | null;
  readonly runtime: string | null;
  /** What of the resource is kept with the payload. */
  readonly kept: Attributes;
}

const keptName = /^(?:service|deployment|vcs|k8s|container|cloud|host|telemetry\.sdk)\./;

/** Reads OpenTelemetry's resource conventions: service, deployment, vcs and process. */
export function resourceIdentity(resource: Attributes): ResourceIdentity {
  const service = nameOf(resource, "service.name");
  const release = nameOf(resource, "service.version");
  const runtime = [textOf(resource, "process.runtime.name"), textOf(resource, "process.runtime.version")];
  return {
    // An SDK without a name calls itself unknown_service or unknown_service:node.
    service: service?.startsWith("unknown_service") === true ? null : service,
    environment:
      nameOf(resource, "deployment.environment.name") ?? nameOf(resource, "deployment.environment") ?? "production",
    release,
    commitSha:
      commitSha(textOf(resource, "vcs.ref.head.revision") ?? textOf(resource, "vcs.repository.ref.revision")) ??
      commitFromRelease(release),
    deploymentId: textOf(resource, "deployment.id"),
    runtime: runtime.filter((part) => part !== null).join(" ") || textOf(resource, "telemetry.sdk.language"),
    // Only signals need it, and most resources send none.
    get kept() {
      return Object.fromEntries(Object.entries(resource).filter(([name]) => keptName.test(name)));
    },
  };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const strange = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g;
const names = ["service.name", "service.version", "deployment.environment.name", "deployment.environment"];

/** A name in one line: a line break in it would be another line of every log, list and key. */
function nameOf(resource: Attributes, attribute: string): string | null {
  const text = textOf(resource, attribute);
  if (text === null || text.search(strange) < 0) return text;
  return text.replaceAll(strange, " ").trim() || null;
}

/** Whether a name of a resource was not taken as it was sent. */
export function hasStrangeName(resource: Attributes): boolean {
  return names.some((name) => (textOf(resource, name)?.search(strange) ?? -1) >= 0);
}
