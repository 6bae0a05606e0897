import type { Delivery } from "@culprit/contract";
import { type DeliveryFilter, readDeliveries } from "./integration-requests.ts";

export interface DeliveriesFilter {
  readonly project: string;
  readonly status: Delivery["status"] | undefined;
  /** Only what went through one of these; null for everything. */
  readonly integrations: readonly string[] | null;
  /** Shows besides what may have happened, through whatever it went: a person has to settle it. */
  readonly hasUnsettled: boolean;
}

/** Where to read on, for each list that has more. */
export type DeliveryCursors = Readonly<Record<string, string>>;

export interface DeliveriesPage {
  readonly items: readonly Delivery[];
  readonly next: DeliveryCursors | null;
}

/** What went out, as one page of each list that the filter is made of. */
export async function readDeliveriesOf(
  { project, status, integrations, hasUnsettled }: DeliveriesFilter,
  cursors: DeliveryCursors | null,
  signal: AbortSignal,
): Promise<DeliveriesPage> {
  const lists = new Map<string, DeliveryFilter>();
  if (integrations === null) lists.set("all", { project, status });
  for (const integration of integrations ?? []) lists.set(integration, { project, integration, status });
  if (integrations !== null && hasUnsettled && (status ?? "unknown") === "unknown")
    lists.set("unsettled", { project, status: "unknown" });
  const wanted = [...lists].filter(([name]) => cursors === null || cursors[name] !== undefined);
  const pages = await Promise.all(
    wanted.map(async ([name, filter]) => ({
      name,
      page: await readDeliveries(filter, cursors?.[name] ?? null, signal),
    })),
  );
  const next = pages.flatMap(({ name, page }) =>
    page.next_cursor === null ? [] : [[name, page.next_cursor] as const],
  );
  return {
    items: pages.flatMap(({ page }) => page.items),
    next: next.length === 0 ? null : Object.fromEntries(next),
  };
}
