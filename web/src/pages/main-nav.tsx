import { Link, useRouterState } from "@tanstack/react-router";
import { useWaitingApprovals } from "../approval/use-waiting-approvals.ts";

const tab =
  "flex items-center gap-1.5 rounded-md px-2 py-1.5 sm:px-2.5 text-[0.8125rem] font-medium whitespace-nowrap text-ink-2 hover:bg-sunk hover:text-ink";
const current = { className: "!text-ink bg-line/70" };

const pages = [
  ["/services", "Services"],
  ["/detection", "Detection"],
  ["/workflows", "Workflows"],
  ["/integrations", "Integrations"],
  ["/projects", "Projects"],
  ["/operations", "Operations"],
] as const;

/** Pages that stand under the tabs of another. */
const areas: Readonly<Record<string, RegExp>> = {
  "/services": /^\/(telemetry|search)/,
  "/workflows": /^\/(executions|ledger|approvals)/,
};

/** Where the tabs under the head name the approvals with their count already. */
const pagesWithTabs: readonly string[] = ["/workflows", "/executions", "/ledger", "/approvals"];

/** Where to go. On a narrow screen it stands below the name, in as many lines as it takes. */
export function MainNav({ isSignedIn }: { readonly isSignedIn: boolean }) {
  const path = useRouterState({ select: ({ location }) => location.pathname });
  const isAboutIncidents = /^\/(incidents\/|figures|learning)/.test(path);
  return (
    <nav
      aria-label="Main"
      className="flex flex-wrap gap-0.5 max-xl:order-last max-xl:-mx-2 max-xl:basis-full max-xl:pt-1"
    >
      <Link
        to="/"
        activeOptions={{ exact: true, includeSearch: false }}
        activeProps={current}
        className={isAboutIncidents ? `${tab} ${current.className}` : tab}
      >
        Incidents
      </Link>
      {pages.map(([to, name]) => (
        <Link
          key={to}
          to={to}
          activeOptions={{ includeSearch: false }}
          activeProps={current}
          className={areas[to]?.test(path) ? `${tab} ${current.className}` : tab}
        >
          {name}
        </Link>
      ))}
      {isSignedIn && !pagesWithTabs.includes(path) && <WaitingBadge />}
    </nav>
  );
}

/** How many approvals wait, where any does. */
function WaitingBadge() {
  const { count, hasMore } = useWaitingApprovals();
  if (count === 0) return null;
  return (
    <Link to="/approvals" className={tab} title={`${count}${hasMore ? " or more" : ""} wait for somebody's answer`}>
      Approvals
      <span className="marked text-2xs font-bold">
        {count}
        {hasMore && "+"}
      </span>
    </Link>
  );
}
