import { Button } from "../ui/button.tsx";
import { Snippet } from "../ui/snippet.tsx";
import { useTitle } from "../ui/use-title.ts";
import { Wordmark } from "../ui/wordmark.tsx";

/** How to get in, for somebody without a session. */
export function SignIn({ onRetry }: { readonly onRetry: () => void }) {
  useTitle("Sign in");
  const isExpired = new URLSearchParams(location.search).get("signin") === "expired";
  return (
    <main className="mx-auto grid min-h-dvh max-w-md content-center gap-5 px-6 pb-[12vh]">
      <p className="text-xl">
        <Wordmark />
      </p>
      <h1 className="text-[1.75rem] leading-9 font-semibold tracking-tight text-balance">
        Open your one‑time link to sign in
      </h1>
      {isExpired && (
        <p role="alert" className="rounded-md border border-bad px-4 py-3 text-bad">
          That link was used already or is too old. You need a new one.
        </p>
      )}
      <p className="text-ink-2">
        Culprit has no password. When it starts it prints a link that signs this browser in once. Look for it in the
        terminal or log where Culprit runs.
      </p>
      <div className="grid gap-2">
        <p className="text-ink-2">No link at hand, or it was used already? On that machine, run</p>
        <Snippet text="culprit login-link" label="the command" />
        <p className="text-ink-2">and open what it prints in this browser.</p>
      </div>
      <div>
        <Button look="solid" onClick={onRetry}>
          I have opened it, try again
        </Button>
      </div>
    </main>
  );
}
