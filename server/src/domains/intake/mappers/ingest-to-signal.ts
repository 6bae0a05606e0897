import type { ErrorSignal, IngestInput, Severity } from "@culprit/contract";
import { commitFromRelease, commitSha, titleOf } from "../../../analysis/signal/index.ts";
import { exceptionsFromText } from "../../../analysis/stack/index.ts";
import { newId } from "../../../platform/ids/ids.ts";

const severities: Readonly<Record<NonNullable<IngestInput["error"]["severity"]>, Severity>> = {
  critical: "critical",
  error: "high",
  warning: "medium",
  info: "low",
};

/**
 * The payload of `POST /api/ingest` (document 5) as a signal. A stack that can't be read stays as text; nothing is refused
 * for it. `receivedAt` is our clock, used where the sender names no time; `newEventId` an id for a sender that names none.
 */
export function ingestToSignal(input: IngestInput, receivedAt: Date, newEventId: () => string = newId): ErrorSignal {
  const { error, context, metadata } = input;
  const {
    commit_sha: commit,
    deployment_id: deploymentId,
    environment,
    occurred_at: occurredAt,
    service,
    release,
    trace_id: traceId,
    ...others
  } = context;
  const stack = textOf(error.stack);
  const exceptions = exceptionsFromText({ type: textOf(error.type), message: error.message, stack });
  return {
    eventId: (input.event_id ?? newEventId()).replaceAll("-", "").toLowerCase(),
    door: "ingest",
    detector: "exception",
    exceptions,
    title: titleOf(exceptions[0] ?? { type: "Error", message: error.message }),
    stackText: stack,
    severity: severities[error.severity ?? "error"],
    occurredAt: new Date(occurredAt ?? receivedAt).toISOString(),
    service: textOf(service),
    environment: textOf(environment) ?? "production",
    // A shortened id is looked up in the repository, as a release that is one; only a whole id is a commit by itself.
    release: textOf(release) ?? shortId(commit),
    commitSha: commitSha(commit) ?? commitFromRelease(release),
    deploymentId: textOf(deploymentId),
    traceId: traceIdOf(traceId),
    spanId: null,
    request: requestOf(others),
    runtime: textOf(metadata.runtime) ?? textOf(metadata.platform),
    payload: { ...(isEmpty(others) ? {} : { context: others }), ...(isEmpty(metadata) ? {} : { metadata }) },
  };
}

/** The request, as the SDK's Express handler attaches it: `{method, path, status_code}`. */
function requestOf(context: Readonly<Record<string, unknown>>): ErrorSignal["request"] {
  const method = textOf(context.method);
  const route = textOf(context.route) ?? textOf(context.path);
  const status =
    typeof context.status_code === "number" && Number.isInteger(context.status_code) ? context.status_code : null;
  return method === null && route === null && status === null ? null : { method, route, status };
}

function shortId(commit: string | null | undefined): string | null {
  const digits = commit?.toLowerCase() ?? "";
  return /^[0-9a-f]{7,39}$/.test(digits) && !/^0+$/.test(digits) ? digits : null;
}

function traceIdOf(value: string | null | undefined): string | null {
  const digits = value?.replaceAll("-", "").toLowerCase();
  return digits !== undefined && /^[0-9a-f]{32}$/.test(digits) && !/^0+$/.test(digits) ? digits : null;
}

function textOf(value: unknown): string | null {
  return typeof value === "string" && value !== "" ? value : null;
}

function isEmpty(record: object): boolean {
  return Object.keys(record).length === 0;
}
