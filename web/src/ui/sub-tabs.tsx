import { Link } from "@tanstack/react-router";
import { cx } from "./cx.ts";

interface SubTab {
  readonly to: string;
  readonly label: string;
  readonly count?: number | undefined;
}

/** The pages of one area, side by side. */
export function SubTabs({ label, tabs }: { readonly label: string; readonly tabs: readonly SubTab[] }) {
  return (
    <nav aria-label={label} className="-mx-4 mb-4 flex gap-4 overflow-x-auto border-b border-line px-4 sm:mx-0 sm:px-0">
      {tabs.map(({ to, label: name, count }) => (
        <Link
          key={to}
          to={to}
          search={(before: Record<string, unknown>) =>
            ("project" in before ? { project: before.project } : {}) as never
          }
          activeOptions={{ exact: to === "/workflows" || to === "/", includeSearch: false }}
          className="-mb-px flex items-center gap-1.5 border-b-2 border-transparent py-2 text-[0.8125rem] font-medium whitespace-nowrap text-ink-2 hover:text-ink"
          activeProps={{ className: "!border-ink !text-ink" }}
        >
          {name}
          {count !== undefined && count > 0 && (
            <span className={cx("rounded-full bg-ink px-1.5 text-2xs font-semibold text-paper")}>{count}</span>
          )}
        </Link>
      ))}
    </nav>
  );
}
