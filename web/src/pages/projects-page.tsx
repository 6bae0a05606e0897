import type { Project } from "@culprit/contract";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { readProjects } from "../api/requests.ts";
import { FailureNote } from "../ui/failure-note.tsx";
import { Time } from "../ui/time.tsx";
import { useTitle } from "../ui/use-title.ts";
import { ProjectForm } from "./project-form.tsx";
import { PullRequestModeSelect } from "./pull-request-mode.tsx";

/** The projects and a form for a new one. */
export function ProjectsPage() {
  useTitle("Projects");
  const projects = useQuery({
    queryKey: ["projects"],
    queryFn: ({ signal }) => readProjects(signal),
    refetchInterval: 15_000,
  });
  return (
    <div className="grid gap-x-12 gap-y-8 pt-2 lg:grid-cols-[minmax(0,1fr)_26rem]">
      <section aria-labelledby="projects-title" className="min-w-0">
        <h1 id="projects-title" className="mb-3 text-xl font-semibold tracking-tight">
          Projects
        </h1>
        {projects.error && <FailureNote error={projects.error} />}
        {projects.data?.length === 0 && (
          <p className="rounded-lg border border-dashed border-edge px-4 py-10 text-center text-ink-2">
            No project yet. A project is one repository and what it runs: give it a name, and its keys are shown.
          </p>
        )}
        {projects.data && projects.data.length > 0 && (
          <ul className="overflow-hidden rounded-lg border border-line bg-panel">
            {projects.data.map((project) => (
              <ProjectRow key={project.id} project={project} />
            ))}
          </ul>
        )}
      </section>
      <ProjectForm />
    </div>
  );
}

function ProjectRow({ project }: { readonly project: Project }) {
  return (
    <li className="grid gap-x-6 gap-y-1 border-t border-line px-4 py-3 first:border-0 sm:grid-cols-[minmax(0,1fr)_auto]">
      <div className="min-w-0">
        <p className="font-semibold">{project.name}</p>
        <p className="font-mono text-xs break-all text-ink-2">
          {project.repository ?? "no repository: no commit can be blamed"}
        </p>
        <PullRequestModeSelect projectId={project.id} />
      </div>
      <div className="text-[0.8125rem] text-ink-2 sm:text-right">
        <p>
          <Link to="/" search={{ project: project.id }} className="link text-ink">
            {project.incident_count.toLocaleString("en")} {project.incident_count === 1 ? "incident" : "incidents"}
          </Link>
        </p>
        <p className="text-xs text-ink-3">
          key <span className="font-mono">{project.ingest_key_prefix}…</span>{" "}
          {project.ingest_key_last_used_at ? (
            <>
              used <Time at={project.ingest_key_last_used_at} />
            </>
          ) : (
            "never used"
          )}
        </p>
      </div>
    </li>
  );
}
