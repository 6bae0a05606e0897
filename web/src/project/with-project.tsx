import type { Project } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { FailureNote } from "../ui/failure-note.tsx";
import type { ChosenProject } from "./use-project.ts";

interface WithProjectProps {
  readonly chosen: ChosenProject;
  readonly children: (project: Project) => ReactNode;
}

/** What needs a project, once there is one; else how to get one. */
export function WithProject({ chosen, children }: WithProjectProps) {
  if (chosen.project) return children(chosen.project);
  if (chosen.error) return <FailureNote error={chosen.error} />;
  if (chosen.isLoading) return null;
  return (
    <p className="rounded-lg border border-dashed border-edge px-4 py-16 text-center text-ink-2">
      There is no project yet.{" "}
      <Link to="/projects" className="link text-ink">
        Create one first
      </Link>
      : what is shown here belongs to a project.
    </p>
  );
}
