import { statusFilterSchema } from "@culprit/contract";
import { createRootRoute, createRoute, createRouter, Link } from "@tanstack/react-router";
import { z } from "zod";
import { IncidentPage } from "./incident/incident-page.tsx";
import { IncidentListPage } from "./pages/incident-list-page.tsx";
import { ProjectsPage } from "./pages/projects-page.tsx";
import { Shell } from "./pages/shell.tsx";
import { FailureNote } from "./ui/failure-note.tsx";

const rootRoute = createRootRoute({
  component: Shell,
  errorComponent: ({ error }) => (
    <FailureNote error={error instanceof Error ? error : new Error(String(error))} title="This page broke." />
  ),
  notFoundComponent: () => (
    <p className="py-16 text-center text-ink-2">
      There is no such page.{" "}
      <Link to="/" className="link">
        All incidents
      </Link>
    </p>
  ),
});

/** A link with an unknown status, from an older or newer page, shows everything rather than an error. */
const listSearchSchema = z.object({
  status: statusFilterSchema.optional().catch(undefined),
  project: z.string().optional().catch(undefined),
  /** Set by the server when a one-time link was used already or is too old. */
  signin: z.literal("expired").optional().catch(undefined),
});

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (search) => listSearchSchema.parse(search),
  component: function List() {
    const { status, project } = listRoute.useSearch();
    return <IncidentListPage filter={{ status, project }} />;
  },
});

const incidentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/incidents/$id",
  component: function Incident() {
    return <IncidentPage id={incidentRoute.useParams().id} />;
  },
});

const projectsRoute = createRoute({ getParentRoute: () => rootRoute, path: "/projects", component: ProjectsPage });

export const router = createRouter({
  routeTree: rootRoute.addChildren([listRoute, incidentRoute, projectsRoute]),
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
