import type { ProjectCreated } from "@culprit/contract";
import { sentrySnippet } from "../lib/dsn-snippet.ts";
import { Button } from "../ui/button.tsx";
import { Snippet } from "../ui/snippet.tsx";

/** The keys of a project that was just created. They can't be shown again. */
export function ProjectKeys({ project, onDone }: { readonly project: ProjectCreated; readonly onDone: () => void }) {
  return (
    <section
      aria-labelledby="project-keys"
      className="grid min-w-0 grid-cols-[minmax(0,1fr)] content-start gap-4 rounded-lg border border-edge bg-panel p-5"
    >
      <div>
        <h2 id="project-keys" className="text-xl font-semibold tracking-tight">
          {project.name} is ready
        </h2>
        <p className="mt-1 text-ink-2">
          <span className="marked font-semibold">Copy these now.</span> Culprit keeps only a hash of the keys and can't
          show them again.
        </p>
      </div>
      {project.warning !== undefined && <p role="status">{project.warning}</p>}
      <Key name="DSN" use="for Sentry SDKs" value={project.dsn} />
      <Key name="Ingest key" use="for POST /api/ingest" value={project.ingest_key} />
      <Key name="API key" use="to read, and to report deployments and changes" value={project.api_key} />
      <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1">
        <h3 className="font-medium">In your application</h3>
        <Snippet text={sentrySnippet(project.dsn)} label="the code" />
      </div>
      <div>
        <Button look="solid" onClick={onDone}>
          I have copied them
        </Button>
      </div>
    </section>
  );
}

function Key({ name, use, value }: { readonly name: string; readonly use: string; readonly value: string }) {
  return (
    <div className="grid min-w-0 grid-cols-[minmax(0,1fr)] gap-1">
      <h3 className="font-medium">
        {name} <span className="font-normal text-ink-3">{use}</span>
      </h3>
      <Snippet text={value} label={name} />
    </div>
  );
}
