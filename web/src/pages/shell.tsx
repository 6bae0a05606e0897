import { useMutation, useQuery } from "@tanstack/react-query";
import { Link, Outlet } from "@tanstack/react-router";
import { ApiFailure } from "../api/api-failure.ts";
import { readMe, signOut } from "../api/requests.ts";
import { HandsOffBanner } from "../hands-off/hands-off-banner.tsx";
import { HandsOffButton } from "../hands-off/hands-off-button.tsx";
import { Button } from "../ui/button.tsx";
import { FailureNote } from "../ui/failure-note.tsx";
import { HelpDialog } from "../ui/help-dialog.tsx";
import { ThemeToggle } from "../ui/theme-toggle.tsx";
import { Wordmark } from "../ui/wordmark.tsx";
import { MainNav } from "./main-nav.tsx";
import { SignIn } from "./sign-in.tsx";

/** The frame of every page: who is here, where to go, or how to sign in. */
export function Shell() {
  const me = useQuery({
    queryKey: ["me"],
    queryFn: ({ signal }) => readMe(signal),
    refetchInterval: (query) => (query.state.status === "error" ? 5000 : 60_000),
  });
  const leaving = useMutation({ mutationFn: signOut, onSettled: () => me.refetch() });
  if (me.error instanceof ApiFailure && me.error.status === 401) return <SignIn onRetry={() => void me.refetch()} />;
  return (
    <div className="mx-auto flex min-h-dvh max-w-[88rem] flex-col px-4 sm:px-6">
      <a
        href="#main"
        className="sr-only focus:not-sr-only focus:absolute focus:top-2 focus:left-2 focus:z-20 focus:bg-panel focus:p-2"
      >
        Skip to content
      </a>
      <header className="flex min-h-14 flex-wrap items-center gap-x-2 py-2 sm:gap-x-6 xl:flex-nowrap">
        <Link to="/" aria-label="Culprit, all incidents">
          <Wordmark />
        </Link>
        <MainNav isSignedIn={me.data !== undefined} />
        <div className="ml-auto flex items-center sm:gap-1">
          {me.data && <HandsOffButton />}
          {me.data && (
            <Button
              look="quiet"
              className="px-1.5 text-xs sm:px-2"
              title={`Culprit ${me.data.version}, signed in as ${me.data.login}`}
              disabled={leaving.isPending}
              onClick={() => leaving.mutate()}
            >
              Sign out
            </Button>
          )}
          <HelpDialog />
          <ThemeToggle />
        </div>
      </header>
      <main id="main" className="flex-1 pb-16">
        {me.data && <HandsOffBanner />}
        {me.error && !me.data ? <FailureNote error={me.error} /> : me.data ? <Outlet /> : null}
      </main>
    </div>
  );
}
