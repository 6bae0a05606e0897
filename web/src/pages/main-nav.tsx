import { Link, useRouterState } from "@tanstack/react-router";
import { Fragment } from "react";
import { useWaitingApprovals } from "../approval/use-waiting-approvals.ts";

const tab =
  "flex items-center gap-1.5 rounded-md px-2 py-1.5 sm:px-2.5 text-[0.8125rem] font-medium whitespace-nowrap text-ink-2 hover:bg-sunk hover:text-ink";
const current = { className: "!text-ink bg-line/70" };

const pages = [
  ["/workflows", "Workflows"],
  ["/integrations", "Integrations"],
  ["/projects", "Projects"],
  ["/operations", "Operations"],
] as const;

/** Where to go. On a narrow screen it is a line of its own that scrolls. */
export function MainNav({ isSignedIn }: { readonly isSignedIn: boolean }) {
  const isAboutWorkflows = useRouterState({
    select: ({ location }) => /^\/(executions|ledger|approvals)/.test(location.pathname),
  });
  return (
    <nav
      aria-label="Main"
      className="flex gap-0.5 max-lg:order-last max-lg:-mx-4 max-lg:w-screen max-lg:overflow-x-auto max-lg:px-4 max-lg:pt-1 sm:max-lg:-mx-6 sm:max-lg:px-6"
    >
      <Link to="/" activeOptions={{ exact: true, includeSearch: false }} activeProps={current} className={tab}>
        Incidents
      </Link>
      {pages.map(([to, name]) => (
        <Fragment key={to}>
          <Link
            to={to}
            activeOptions={{ includeSearch: false }}
            activeProps={current}
            className={to === "/workflows" && isAboutWorkflows ? `${tab} ${current.className}` : tab}
          >
            {name}
          </Link>
          {isSignedIn && to === "/workflows" && <WaitingBadge />}
        </Fragment>
      ))}
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
