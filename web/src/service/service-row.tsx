import type { Service } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { openIncidents } from "../topology/topology-words.ts";
import { cx } from "../ui/cx.ts";
import { Time } from "../ui/time.tsx";
import { FareFigures, fareColumns, fareNames } from "./fare-figures.tsx";
import type { Fare } from "./fares-of.ts";

const columns = "md:grid-cols-[minmax(0,1fr)_minmax(0,1fr)] lg:grid-cols-[minmax(0,16rem)_minmax(0,1fr)_24.5rem]";

interface ServiceRowProps {
  readonly service: Service;
  readonly project: string;
  readonly isChosen: boolean;
  /** Whether it stands beside a service that is looked at. */
  readonly isNarrow: boolean;
  /** How many of it stand open, in any environment. */
  readonly incidents: number;
  readonly fare: Fare | undefined;
}

/** A service in the list: what runs, how it fares, and whether it stands in trouble. */
export function ServiceRow({ service, project, isChosen, isNarrow, incidents, fare }: ServiceRowProps) {
  const { key, name, running, paths } = service;
  return (
    <li className="border-t border-line first:border-0">
      <Link
        to="/services"
        search={{ project, service: key }}
        data-row
        aria-current={isChosen ? "true" : undefined}
        className={cx(
          "grid gap-x-6 gap-y-1.5 px-4 py-2.5 -outline-offset-2 hover:bg-sunk",
          isChosen && "bg-sunk",
          !isNarrow && columns,
        )}
      >
        <span className="min-w-0">
          <span className="block font-semibold [overflow-wrap:anywhere]">
            {name}
            {incidents > 0 && (
              <span className="ml-2 text-xs whitespace-nowrap text-bad">{openIncidents(incidents)}</span>
            )}
          </span>
          <span className="block font-mono text-2xs text-ink-3 [overflow-wrap:anywhere]">{key}</span>
        </span>
        <span className="min-w-0 text-[0.8125rem] text-ink-2 [overflow-wrap:anywhere]">
          {running.length === 0 && <span className="text-ink-3">which revision runs is not known</span>}
          {running.map((one) => (
            <span key={one.environment} className="block">
              {one.environment}:{" "}
              <span className="text-ink">{one.release ?? one.commit_sha?.slice(0, 8) ?? "unknown"}</span>,{" "}
              <Time at={one.since} />
            </span>
          ))}
          {paths.length > 0 && !isNarrow && (
            <span className="block font-mono text-2xs text-ink-3">{paths.join(" ")}</span>
          )}
        </span>
        {!isNarrow && <FareFigures fare={fare} />}
      </Link>
    </li>
  );
}

/** What the columns of the list are; a narrow screen has none, and each figure its name. */
export function ServiceRowHeads() {
  return (
    <div aria-hidden="true" className={cx("mb-1 hidden gap-x-6 px-4 text-2xs text-ink-3 lg:grid", columns)}>
      <span>Service</span>
      <span>What runs, since when</span>
      <span className={fareColumns}>
        {fareNames.map((name) => (
          <span key={name} className="text-right">
            {name}
          </span>
        ))}
      </span>
    </div>
  );
}
