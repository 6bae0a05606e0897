import { type Delivery, deliveryStatuses, type ExecutionDelivery } from "@culprit/contract";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type DeliveryCursors, readDeliveriesOf } from "../api/deliveries-of.ts";
import { DeliveryView } from "../execution/delivery-view.tsx";
import { deliveryWords } from "../lib/run-words.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Section } from "../ui/section.tsx";

interface DeliveryLogProps {
  readonly project: string;
  /** The integrations it went through; undefined while they are not known. */
  readonly integrations: readonly string[] | undefined;
  /** A page about one integration has nothing else to show. */
  readonly isOfOne?: boolean;
}

/** What went out, newest first; what may have happened asks what became of it. */
export function DeliveryLog({ project, integrations, isOfOne = false }: DeliveryLogProps) {
  const [isAll, setAll] = useState(false);
  const [status, setStatus] = useState<ExecutionDelivery["status"] | undefined>(undefined);
  const deliveries = useInfiniteQuery({
    queryKey: ["deliveries", project, isAll ? null : (integrations ?? null), status ?? null, isOfOne],
    queryFn: ({ pageParam, signal }) =>
      readDeliveriesOf(
        { project, status, integrations: isAll ? null : (integrations ?? []), hasUnsettled: !isOfOne },
        pageParam,
        signal,
      ),
    enabled: isAll || integrations !== undefined,
    initialPageParam: null as DeliveryCursors | null,
    getNextPageParam: (page) => page.next,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 2 ? 20_000 : 5000),
  });
  const items = newestFirst(deliveries.data?.pages.flatMap((page) => page.items) ?? []);
  return (
    <Section
      id="deliveries"
      title="What went out"
      aside={
        <span className="ml-auto flex flex-wrap gap-2">
          {!isOfOne && (
            <select
              aria-label="Which of what went out"
              className={smallFieldLook}
              value={isAll ? "all" : "integrations"}
              onChange={(event) => setAll(event.target.value === "all")}
            >
              <option value="integrations">Through an integration</option>
              <option value="all">Everything</option>
            </select>
          )}
          <select
            aria-label="State of what went out"
            className={smallFieldLook}
            value={status ?? ""}
            onChange={(event) => setStatus(deliveryStatuses.find((one) => one === event.target.value))}
          >
            <option value="">In any state</option>
            {deliveryStatuses.map((one) => (
              <option key={one} value={one}>
                {deliveryWords[one]}
              </option>
            ))}
          </select>
        </span>
      }
    >
      {deliveries.error && <FailureNote error={deliveries.error} />}
      {deliveries.data && items.length === 0 && (
        <p className="text-[0.8125rem] text-ink-3">
          {status
            ? "Nothing in this state."
            : isAll || isOfOne
              ? "Nothing went out yet."
              : "Nothing went out through an integration yet."}
        </p>
      )}
      <ul aria-label="What went out" className="grid gap-2 empty:hidden">
        {items.map((delivery) => (
          <li key={delivery.id}>
            <DeliveryView delivery={delivery} executionId={delivery.execution_id} />
          </li>
        ))}
      </ul>
      {deliveries.hasNextPage && (
        <div className="flex justify-end py-3">
          <Button disabled={deliveries.isFetchingNextPage} onClick={() => void deliveries.fetchNextPage()}>
            Load more
          </Button>
        </div>
      )}
    </Section>
  );
}

/** Each once, by when it was made: what comes from several lists is not in order. */
function newestFirst(items: readonly Delivery[]): readonly Delivery[] {
  const byId = new Map(items.map((delivery) => [delivery.id, delivery]));
  return [...byId.values()].toSorted((a, b) => Date.parse(b.created_at) - Date.parse(a.created_at));
}
