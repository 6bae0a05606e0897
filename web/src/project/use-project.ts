import type { Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { readProjects } from "../api/requests.ts";

const storageKey = "culprit-project";

export interface ChosenProject {
  /** The project that the page is about; null while the projects are read, or where there is none. */
  readonly project: Project | null;
  readonly projects: readonly Project[];
  readonly isLoading: boolean;
  readonly error: Error | null;
  choose(id: string): void;
}

/** The project that the page is about: the address names it, else the one chosen last, else the newest. */
export function useProject(): ChosenProject {
  const navigate = useNavigate();
  const { project: named } = useSearch({ strict: false }) as { project?: string };
  const { data, error, isPending } = useQuery({
    queryKey: ["projects"],
    queryFn: ({ signal }) => readProjects(signal),
    staleTime: 30_000,
  });
  const projects = data ?? [];
  const byId = (id: string | null | undefined) => projects.find((project) => project.id === id);
  return {
    project: byId(named) ?? byId(readChoice()) ?? projects[0] ?? null,
    projects,
    isLoading: isPending,
    error,
    choose: (id) => {
      storeChoice(id);
      void navigate({ to: ".", search: (before: Record<string, unknown>) => ({ ...before, project: id }) } as never);
    },
  };
}

function readChoice(): string | null {
  try {
    return localStorage.getItem(storageKey);
  } catch {
    return null;
  }
}

function storeChoice(id: string): void {
  try {
    localStorage.setItem(storageKey, id);
  } catch {
    // Storage is switched off: the address still names the project.
  }
}
