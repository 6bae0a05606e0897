import type { ExecutionDelivery } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { deliveryWords, repeatMeaningOf } from "../lib/run-words.ts";
import { cx } from "../ui/cx.ts";
import { JsonFold } from "../ui/json-fold.tsx";
import { type RunState, StateMark } from "../ui/state-mark.tsx";
import { Time } from "../ui/time.tsx";
import { SettleForm } from "./settle-form.tsx";

const states: Record<ExecutionDelivery["status"], RunState> = {
  pending: "pending",
  sending: "running",
  sent: "completed",
  failed: "failed",
  unknown: "unknown",
  cancelled: "cancelled",
};

interface DeliveryViewProps {
  readonly delivery: ExecutionDelivery;
  /** Named where the delivery stands apart from its execution. */
  readonly executionId?: string | null;
}

/** Something that was done to the world outside. One that may have happened is loud, and asks what became of it. */
export function DeliveryView({ delivery, executionId = null }: DeliveryViewProps) {
  const isUnknown = delivery.status === "unknown";
  const where = [delivery.integration_name, delivery.recipient].filter(Boolean).join(", ");
  return (
    <div
      className={cx(
        "min-w-0 rounded-md border px-3 py-2",
        isUnknown ? "border-2 border-bad bg-removed" : "border-line bg-panel",
      )}
    >
      <p className="flex flex-wrap items-center gap-x-2 gap-y-0.5">
        <StateMark state={states[delivery.status]} />
        <span className="font-medium">{delivery.kind.replaceAll("_", " ")}</span>
        <span className="min-w-0 text-ink-2 [overflow-wrap:anywhere]">{where && `to ${where}`}</span>
        <span className={cx("font-semibold", isUnknown ? "text-bad" : "text-ink-2")}>
          {deliveryWords[delivery.status]}
        </span>
        {delivery.attempt_count > 1 && <span className="text-xs text-ink-3">{delivery.attempt_count} tries</span>}
        <span className="ml-auto text-xs text-ink-3">
          <Time at={delivery.sent_at ?? delivery.created_at} />
        </span>
      </p>
      {delivery.external_ref && (
        <p className="text-xs text-ink-2 [overflow-wrap:anywhere]">
          Known there as{" "}
          {/^https:\/\//.test(delivery.external_ref) ? (
            <a href={delivery.external_ref} rel="noreferrer noopener" className="link font-mono">
              {delivery.external_ref}
            </a>
          ) : (
            <span className="font-mono">{delivery.external_ref}</span>
          )}
        </p>
      )}
      {delivery.error_message && (
        <p className={cx("text-xs [overflow-wrap:anywhere]", delivery.status === "sent" ? "text-ink-3" : "text-bad")}>
          {delivery.error_message}
        </p>
      )}
      {delivery.settled_by && (
        <p className="text-xs text-ink-2">
          {delivery.settled_by} said so
          {delivery.settled_at && (
            <>
              {" "}
              <Time at={delivery.settled_at} />
            </>
          )}
        </p>
      )}
      {!isUnknown && <p className="text-xs text-ink-3">{repeatMeaningOf(delivery)}</p>}
      {isUnknown && <SettleForm delivery={delivery} />}
      <div className="mt-1 flex flex-wrap items-start gap-x-5 [&>*]:min-w-0">
        <JsonFold label="What was sent" value={delivery.request} />
        <JsonFold label="The answer" value={delivery.response} />
        {executionId !== null && (
          <Link
            to="/executions/$id"
            params={{ id: executionId }}
            className="link text-[0.8125rem] leading-7 text-ink-2"
          >
            Its execution
          </Link>
        )}
      </div>
    </div>
  );
}
