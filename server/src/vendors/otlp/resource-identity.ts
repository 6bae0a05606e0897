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
  const service = textOf(resource, "service.name");
  const release = textOf(resource, "service.version");
  const runtime = [textOf(resource, "process.runtime.name"), textOf(resource, "process.runtime.version")];
  return {
    // An SDK without a name calls itself unknown_service or unknown_service:node.
    service: service?.startsWith("unknown_service") === true ? null : service,
    environment:
      textOf(resource, "deployment.environment.name") ?? textOf(resource, "deployment.environment") ?? "production",
    release,
    commitSha:
      commitSha(textOf(resource, "vcs.ref.head.revision") ?? textOf(resource, "vcs.repository.ref.revision")) ??
      commitFromRelease(release),
    deploymentId: textOf(resource, "deployment.id"),
    runtime: runtime.filter((part) => part !== null).join(" ") || textOf(resource, "telemetry.sdk.language"),
    kept: Object.fromEntries(Object.entries(resource).filter(([name]) => keptName.test(name))),
  };
}
