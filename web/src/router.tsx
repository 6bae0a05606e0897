import { executionStatuses, logSeverities, statusFilterSchema } from "@culprit/contract";
import { createRootRoute, createRoute, createRouter, Link, lazyRouteComponent, redirect } from "@tanstack/react-router";
import { z } from "zod";
import { IncidentPage } from "./incident/incident-page.tsx";
import { IncidentListPage } from "./pages/incident-list-page.tsx";
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
  service: z.string().min(1).max(255).optional().catch(undefined),
  /** Set by the server when a one-time link was used already or is too old. */
  signin: z.literal("expired").optional().catch(undefined),
});

const listRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/",
  validateSearch: (search) => listSearchSchema.parse(search),
  component: function List() {
    const { status, project, service } = listRoute.useSearch();
    return <IncidentListPage filter={{ status, project, service }} />;
  },
});

const incidentRoute = createRoute({
  getParentRoute: () => rootRoute,
  path: "/incidents/$id",
  component: function Incident() {
    return <IncidentPage id={incidentRoute.useParams().id} />;
  },
});

// What follows is loaded when somebody goes there: whoever only looks at an incident doesn't wait for it.
const ProjectsPage = lazyRouteComponent(() => import("./pages/projects-page.tsx"), "ProjectsPage");
const WorkflowListPage = lazyRouteComponent(() => import("./workflow/workflow-list-page.tsx"), "WorkflowListPage");
const NewWorkflowPage = lazyRouteComponent(() => import("./workflow/new-workflow-page.tsx"), "NewWorkflowPage");
const WorkflowPage = lazyRouteComponent(() => import("./workflow/workflow-page.tsx"), "WorkflowPage");
const ExecutionListPage = lazyRouteComponent(() => import("./execution/execution-list-page.tsx"), "ExecutionListPage");
const ExecutionPage = lazyRouteComponent(() => import("./execution/execution-page.tsx"), "ExecutionPage");
const LedgerPage = lazyRouteComponent(() => import("./ledger/ledger-page.tsx"), "LedgerPage");
const ApprovalsPage = lazyRouteComponent(() => import("./approval/approvals-page.tsx"), "ApprovalsPage");
const IntegrationListPage = lazyRouteComponent(
  () => import("./integration/integration-list-page.tsx"),
  "IntegrationListPage",
);
const NewIntegrationPage = lazyRouteComponent(
  () => import("./integration/new-integration-page.tsx"),
  "NewIntegrationPage",
);
const IntegrationPage = lazyRouteComponent(() => import("./integration/integration-page.tsx"), "IntegrationPage");
const OperationsPage = lazyRouteComponent(() => import("./operations/operations-page.tsx"), "OperationsPage");
const ServiceListPage = lazyRouteComponent(() => import("./service/service-list-page.tsx"), "ServiceListPage");
const TelemetryPage = lazyRouteComponent(() => import("./telemetry/telemetry-page.tsx"), "TelemetryPage");
const SearchPage = lazyRouteComponent(() => import("./search/search-page.tsx"), "SearchPage");
const DetectionPage = lazyRouteComponent(() => import("./detection/detection-page.tsx"), "DetectionPage");
const FiguresPage = lazyRouteComponent(() => import("./figures/figures-page.tsx"), "FiguresPage");
const LearningPage = lazyRouteComponent(() => import("./learning/learning-page.tsx"), "LearningPage");

const text = z.string().optional().catch(undefined);
/** Which project a page about workflows or integrations shows. */
const projectSearchSchema = z.object({ project: text });
const executionSearchSchema = projectSearchSchema.extend({
  workflow: text,
  status: z.enum(executionStatuses).optional().catch(undefined),
});
const ledgerSearchSchema = projectSearchSchema.extend({
  workflow: text,
  event: text,
  outcome: z.enum(["ran", "did_not_run"]).optional().catch(undefined),
});
const serviceSearchSchema = projectSearchSchema.extend({ service: text, environment: text });
const instant = z.iso.datetime({ offset: true }).optional().catch(undefined);
/** What a picture, a line or a trace was asked by, so that a view can be shared and evidence leads to it. */
const telemetrySearchSchema = serviceSearchSchema.extend({
  view: z.enum(["metrics", "logs", "trace", "pages"]).optional().catch(undefined),
  metric: z.array(z.string()).optional().catch(undefined),
  words: text,
  severity: z.enum(logSeverities).optional().catch(undefined),
  template: text,
  trace: text,
  from: instant,
  to: instant,
  minutes: z.number().int().min(1).max(43_200).optional().catch(undefined),
});
const searchSearchSchema = projectSearchSchema.extend({ q: text });
const validateSearch = (search: Record<string, unknown>) => projectSearchSchema.parse(search);
const getParentRoute = () => rootRoute;

const projectsRoute = createRoute({ getParentRoute, path: "/projects", component: ProjectsPage });
const workflowsRoute = createRoute({ getParentRoute, path: "/workflows", validateSearch, component: WorkflowListPage });
const newWorkflowRoute = createRoute({
  getParentRoute,
  path: "/workflows/new",
  validateSearch,
  component: NewWorkflowPage,
});
const workflowRoute = createRoute({
  getParentRoute,
  path: "/workflows/$id",
  validateSearch,
  component: function Workflow() {
    const { id } = workflowRoute.useParams();
    return <WorkflowPage key={id} id={id} />;
  },
});
const executionsRoute = createRoute({
  getParentRoute,
  path: "/executions",
  validateSearch: (search) => executionSearchSchema.parse(search),
  component: function Executions() {
    const { workflow, status } = executionsRoute.useSearch();
    return <ExecutionListPage workflow={workflow} status={status} />;
  },
});
const executionRoute = createRoute({
  getParentRoute,
  path: "/executions/$id",
  component: function Execution() {
    const { id } = executionRoute.useParams();
    return <ExecutionPage key={id} id={id} />;
  },
});
const ledgerRoute = createRoute({
  getParentRoute,
  path: "/ledger",
  validateSearch: (search) => ledgerSearchSchema.parse(search),
  component: function Ledger() {
    return <LedgerPage search={ledgerRoute.useSearch()} />;
  },
});
const approvalsRoute = createRoute({ getParentRoute, path: "/approvals", component: ApprovalsPage });
const integrationsRoute = createRoute({
  getParentRoute,
  path: "/integrations",
  validateSearch,
  component: IntegrationListPage,
});
const newIntegrationRoute = createRoute({
  getParentRoute,
  path: "/integrations/new/$type",
  validateSearch,
  component: function NewIntegration() {
    const { type } = newIntegrationRoute.useParams();
    return <NewIntegrationPage key={type} type={type} />;
  },
});
const galleryRoute = createRoute({
  getParentRoute,
  path: "/integrations/new",
  beforeLoad: () => {
    throw redirect({ to: "/integrations", hash: "gallery", replace: true });
  },
});
const integrationRoute = createRoute({
  getParentRoute,
  path: "/integrations/$id",
  component: function Integration() {
    const { id } = integrationRoute.useParams();
    return <IntegrationPage key={id} id={id} />;
  },
});
const operationsRoute = createRoute({ getParentRoute, path: "/operations", component: OperationsPage });
const servicesRoute = createRoute({
  getParentRoute,
  path: "/services",
  validateSearch: (search) => serviceSearchSchema.parse(search),
  component: function Services() {
    const { service, environment } = servicesRoute.useSearch();
    return <ServiceListPage service={service} environment={environment} />;
  },
});
const telemetryRoute = createRoute({
  getParentRoute,
  path: "/telemetry",
  validateSearch: (search) => telemetrySearchSchema.parse(search),
  component: function Telemetry() {
    return <TelemetryPage search={telemetryRoute.useSearch()} />;
  },
});
const searchRoute = createRoute({
  getParentRoute,
  path: "/search",
  validateSearch: (search) => searchSearchSchema.parse(search),
  component: function Search() {
    return <SearchPage q={searchRoute.useSearch().q} />;
  },
});
const detectionRoute = createRoute({ getParentRoute, path: "/detection", validateSearch, component: DetectionPage });
const figuresRoute = createRoute({ getParentRoute, path: "/figures", validateSearch, component: FiguresPage });
const learningRoute = createRoute({ getParentRoute, path: "/learning", validateSearch, component: LearningPage });

export const router = createRouter({
  routeTree: rootRoute.addChildren([
    listRoute,
    incidentRoute,
    projectsRoute,
    workflowsRoute,
    newWorkflowRoute,
    workflowRoute,
    executionsRoute,
    executionRoute,
    ledgerRoute,
    approvalsRoute,
    integrationsRoute,
    galleryRoute,
    newIntegrationRoute,
    integrationRoute,
    operationsRoute,
    servicesRoute,
    telemetryRoute,
    searchRoute,
    detectionRoute,
    learningRoute,
    figuresRoute,
  ]),
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
