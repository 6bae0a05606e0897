import type { Project, StatusFilter } from "@culprit/contract";
import { Link, useNavigate } from "@tanstack/react-router";
import type { RefObject } from "react";
import type { IncidentFilter } from "../api/requests.ts";
import { statusFilterWords } from "../lib/words.ts";
import { cx } from "../ui/cx.ts";
import { smallFieldLook } from "../ui/field.ts";
import { NarrowField } from "../ui/narrow-field.tsx";

const tabs: readonly (StatusFilter | undefined)[] = [
  undefined,
  "unresolved",
  "open",
  "investigating",
  "diagnosed",
  "failed",
  "suppressed",
  "resolved",
];

interface FilterBarProps {
  readonly filter: IncidentFilter;
  readonly projects: readonly Project[];
  readonly text: string;
  readonly onText: (text: string) => void;
  readonly textField: RefObject<HTMLInputElement | null>;
  readonly onLeave: () => void;
}

/** Status, project, service and a text that narrows what is loaded. All but the text stand in the address, so a view can be shared. */
export function FilterBar({ filter, projects, text, onText, textField, onLeave }: FilterBarProps) {
  const navigate = useNavigate();
  const setProject = (project: string) =>
    void navigate({ to: "/", search: { ...filter, project: project || undefined } });
  return (
    <div className="flex flex-wrap items-center gap-x-4 gap-y-2 pt-1 pb-3">
      <nav aria-label="Status" className="-mx-4 flex max-w-[100vw] gap-0.5 overflow-x-auto px-4 py-1 sm:-mx-1 sm:px-1">
        {tabs.map((status) => (
          <Link
            key={status ?? "all"}
            to="/"
            search={{ ...filter, status }}
            aria-current={filter.status === status ? "page" : undefined}
            className={cx(
              "rounded-full border px-2.5 py-1 text-xs font-medium whitespace-nowrap",
              filter.status === status ? "border-ink bg-ink text-paper" : "border-transparent text-ink-2 hover:bg-sunk",
            )}
          >
            {status ? statusFilterWords[status] : "All"}
          </Link>
        ))}
      </nav>
      <div className="flex min-w-0 flex-1 justify-end gap-2 max-sm:basis-full">
        {filter.service !== undefined && (
          <Link
            to="/"
            search={{ ...filter, service: undefined }}
            aria-label={`No longer only ${filter.service}`}
            className="inline-flex h-8 items-center gap-1.5 rounded-md border border-ink px-2.5 text-[0.8125rem]"
          >
            <span className="max-w-40 truncate">{filter.service}</span>
            <span aria-hidden="true">×</span>
          </Link>
        )}
        {projects.length > 1 && (
          <select
            aria-label="Project"
            value={filter.project ?? ""}
            onChange={(event) => setProject(event.target.value)}
            className={cx(smallFieldLook, "max-w-48 max-sm:flex-1")}
          >
            <option value="">All projects</option>
            {projects.map((project) => (
              <option key={project.id} value={project.id}>
                {project.name}
              </option>
            ))}
          </select>
        )}
        <NarrowField
          label="Narrow the loaded incidents"
          placeholder="Narrow by text"
          value={text}
          onChange={onText}
          onLeave={onLeave}
          field={textField}
          className="w-56 max-sm:flex-1"
        />
      </div>
    </div>
  );
}
