import type { ProjectCreated } from "@culprit/contract";
import type { CreatedProject } from "../domains/access/index.ts";

/** What a new project's owner needs, once: keys and the DSN. */
export function projectReply(project: CreatedProject, publicUrl: string): ProjectCreated {
  const dsn = new URL(publicUrl);
  dsn.username = project.ingestKey;
  dsn.pathname = `${dsn.pathname.replace(/\/$/, "")}/${project.dsnNumber}`;
  return {
    project_id: project.publicId,
    name: project.name,
    ingest_key: project.ingestKey,
    api_key: project.apiKey,
    dsn: dsn.toString(),
  };
}
