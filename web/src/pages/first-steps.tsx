import type { Project } from "@culprit/contract";
import { Link } from "@tanstack/react-router";
import { curlSnippet, sentrySnippet } from "../lib/dsn-snippet.ts";
import { Snippet } from "../ui/snippet.tsx";

/** What to do when nothing has arrived yet. */
export default function FirstSteps({ projects }: { readonly projects: readonly Project[] | undefined }) {
  const dsn = `${location.protocol}//<ingest key>@${location.host}/<project>`;
  return (
    <section
      aria-labelledby="first-steps"
      className="mx-auto grid max-w-3xl grid-cols-[minmax(0,1fr)] gap-6 py-8 sm:py-12"
    >
      <div className="grid gap-2">
        <h2 id="first-steps" className="text-2xl font-semibold tracking-tight">
          Nothing has failed yet
        </h2>
        <p className="text-ink-2">
          Send an error and Culprit opens an incident, looks for the change that caused it, and shows what it found
          here.
        </p>
      </div>
      <Step number={1} title={projects?.length ? "Take the keys of your project" : "Create a project"}>
        <p className="text-ink-2">
          {projects?.length ? "They were shown when it was created; " : "Its keys are shown once: "}
          <Link to="/projects" className="link text-ink">
            {projects?.length ? "a new project has new ones" : "create it on the projects page"}
          </Link>
          , or in a shell:
        </p>
        <Snippet text="culprit project create my-app" label="the command" />
      </Step>
      <Step number={2} title="Point your application at it">
        <p className="text-ink-2">
          With <code className="font-mono text-[0.9em]">@sentry/node</code>, or any other Sentry SDK:
        </p>
        <Snippet text={sentrySnippet(dsn)} label="the code" />
      </Step>
      <Step number={3} title="Or send one by hand">
        <Snippet text={curlSnippet(location.origin, "<ingest key>")} label="the command" />
      </Step>
    </section>
  );
}

function Step({
  number,
  title,
  children,
}: {
  readonly number: number;
  readonly title: string;
  readonly children: React.ReactNode;
}) {
  return (
    <div className="grid grid-cols-[1.75rem_minmax(0,1fr)] gap-x-2">
      <span className="text-lg leading-6 font-semibold text-ink-3" aria-hidden="true">
        {number}
      </span>
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-2">
        <h3 className="leading-6 font-semibold">{title}</h3>
        {children}
      </div>
    </div>
  );
}
