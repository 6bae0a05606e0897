import type { IncidentDetail, StackFrame } from "@culprit/contract";
import { sql } from "kysely";
import { matchPath } from "../../analysis/world/match-path.ts";
import { type ChangeDeps, openProjectRepository } from "../change/index.ts";

type FrameCode = IncidentDetail["frames"][number]["code"];

const around = 8;
const framesMax = 30;

/**
 * The code around each frame of an incident at the commit that ran, in the frames' order; null where a frame is not in the
 * repository. Empty when the commit or the repository is not at hand.
 */
export async function loadFrameCode(deps: ChangeDeps, incidentId: string): Promise<FrameCode[]> {
  const { rows } = await sql<{ project_id: string; frames: StackFrame[]; commit_sha: string | null }>`
    SELECT i.project_id, i.frames, coalesce(r.commit_sha, i.commit_sha) AS commit_sha FROM incidents i
    LEFT JOIN service_revisions r ON r.deployment_event_id = i.deployment_event_id AND i.deployment_event_id IS NOT NULL
    WHERE i.id = ${incidentId} LIMIT 1`.execute(deps.database.db);
  const row = rows[0];
  if (row?.commit_sha == null || row.frames.length === 0) return [];
  const opened = await openProjectRepository(deps, row.project_id, row.commit_sha);
  if (opened.kind !== "open") return [];
  const { git } = opened.repository;
  const commit = await git.resolveCommit(row.commit_sha);
  if (commit === null) return [];
  const tree = await git.listFiles(commit);
  const paths = row.frames
    .slice(0, framesMax)
    .map((frame) => (frame.isInApp && frame.file !== null && frame.line !== null ? matchPath(frame.file, tree) : null));
  const texts = await git.readFiles(commit, [...new Set(paths.filter((path) => path !== null))]);
  return row.frames.map((frame, index): FrameCode => {
    const path = paths[index] ?? null;
    const text = path === null ? null : (texts.get(path) ?? null);
    if (path === null || text === null || frame.line === null) return null;
    const lines = text.split("\n");
    if (frame.line > lines.length) return null;
    const first = Math.max(1, frame.line - around);
    return {
      path,
      first_line: first,
      lines: lines.slice(first - 1, frame.line + around).map((line) => line.slice(0, 400)),
    };
  });
}
