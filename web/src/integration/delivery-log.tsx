import { deliveryStatuses, type ExecutionDelivery } from "@culprit/contract";
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type DeliveryFilter, readDeliveries } from "../api/integration-requests.ts";
import { DeliveryView } from "../execution/delivery-view.tsx";
import { deliveryWords } from "../lib/run-words.ts";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { smallFieldLook } from "../ui/field.ts";
import { Section } from "../ui/section.tsx";

/** What went out, newest first; what may have happened asks what became of it. */
export function DeliveryLog({ filter }: { readonly filter: Pick<DeliveryFilter, "project" | "integration"> }) {
  const [status, setStatus] = useState<ExecutionDelivery["status"] | undefined>(undefined);
  const deliveries = useInfiniteQuery({
    queryKey: ["deliveries", filter, status ?? null],
    queryFn: ({ pageParam, signal }) => readDeliveries({ ...filter, status }, pageParam, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page.next_cursor,
    placeholderData: keepPreviousData,
    refetchInterval: (query) => ((query.state.data?.pages.length ?? 1) > 2 ? 20_000 : 5000),
  });
  const items = deliveries.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <Section
      id="deliveries"
      title="What went out"
      aside={
        <select
          aria-label="State of what went out"
          className={`${smallFieldLook} ml-auto`}
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
      }
    >
      {deliveries.error && <FailureNote error={deliveries.error} />}
      {deliveries.data && items.length === 0 && (
        <p className="text-[0.8125rem] text-ink-3">{status ? "Nothing in this state." : "Nothing went out yet."}</p>
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
