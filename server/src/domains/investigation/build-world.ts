import { sql } from "kysely";
import type { World } from "../../analysis/world/world.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import {
  type ChangeDeps,
  holderOf,
  mapReleaseAmong,
  noneHasCommit,
  openProjectRepositories,
  type ProjectRepositories,
  repositoryWith,
} from "../change/index.ts";
import { chooseRevisions } from "./choose-revision.ts";
import { type CodeFacts, codeWithout, gatherCode } from "./gather-code.ts";
import { loadLearned } from "./learning/load-learned.ts";
import {
  type IncidentFacts,
  loadCompany,
  loadConfigChanges,
  loadIncidentFacts,
  loadServicePaths,
  loadTimeline,
  type RevisionRow,
} from "./load-facts.ts";
import type { InvestigationDeps } from "./observe/observe-deps.ts";
import { observeIncident } from "./observe/observe-incident.ts";
import { recallRelated } from "./observe/recall-related.ts";
import { watchRevisions } from "./watch-revisions.ts";

const mappedMax = 10;

/** All that is known about an incident, read once. Slow where a repository has to be cloned; never inside a transaction. */
export async function buildWorld(
  deps: InvestigationDeps,
  incidentId: string,
): Promise<{ readonly world: World; readonly facts: IncidentFacts }> {
  const { db } = deps.database;
  const readAt = (deps.now?.() ?? new Date()).toISOString();
  const facts = await loadIncidentFacts(db, incidentId);
  const [timeline, configChanges, company, repositories, observed, related, declared, learned] = await Promise.all([
    loadTimeline(db, facts),
    loadConfigChanges(db, facts),
    loadCompany(db, facts),
    openProjectRepositories(deps, facts.projectId),
    observeIncident(deps, facts, new Date(readAt)),
    recallRelated(deps.retrieval, facts),
    loadServicePaths(db, facts.serviceId),
    loadLearned(db, { projectId: facts.projectId, incidentId: facts.id, now: new Date(readAt) }),
  ]);
  const revisions = await mapTimeline(deps, repositories, facts, timeline);
  const { running, before } = chooseRevisions(revisions, {
    at: facts.firstAt,
    commitSha: facts.firstCommit,
    release: facts.firstRelease,
  });
  const code = await readCode(repositories, facts, { running, before, declared });
  const watches =
    running === null
      ? []
      : await watchRevisions(db, facts, [
          // Without a revision before, the first span is none.
          { revision: before ?? running, until: before?.toAt ?? running.fromAt },
          ...configChanges.map((change) => ({ revision: running, until: change.detectedAt })),
        ]);
  const at = running === null ? -1 : revisions.findIndex((one) => one.fromAt === running.fromAt);
  const world: World = {
    ...code,
    readAt,
    incident: {
      id: facts.id,
      title: facts.title,
      exceptions: facts.exceptions.map(({ type, message }) => ({ type, message })),
      environment: facts.environment,
      service: facts.serviceName,
      route: requestOf(facts).route,
      httpStatus: requestOf(facts).status,
      firstAt: facts.firstAt.toISOString(),
      lastAt: facts.lastAt.toISOString(),
      occurrences: facts.occurrences,
      isRegression: facts.isRegression,
      byRevision: facts.byRevision,
      outgoing: outgoingOf(facts, observed),
    },
    revisions,
    running,
    before,
    watchBefore: watches[0] ?? null,
    earlierCommits: revisions.slice(0, Math.max(0, at)).flatMap((one) => one.commitSha ?? []),
    configChanges: configChanges.map((change, index) => ({ ...change, watchBefore: watches[index + 1] ?? null })),
    ...company,
    observed,
    related,
    learned,
  };
  return { world, facts };
}

/** The code of what ran, out of the repository that has it; or why there is none. */
async function readCode(
  repositories: ProjectRepositories,
  facts: IncidentFacts,
  at: Pick<World, "running" | "before"> & { readonly declared: readonly string[] },
): Promise<CodeFacts> {
  const commit = at.running?.commitSha ?? null;
  const count = repositories.readable.length;
  if (count === 0)
    return codeWithout(facts, repositories.problems.join("; ") || "no repository is registered for this project");
  if (commit === null) return codeWithout(facts, "the commit that ran is not known");
  const { repository, problems } = await repositoryWith(repositories, commit);
  if (repository === null)
    return codeWithout(facts, [noneHasCommit(count, commit.slice(0, 10)), ...problems].join("; "));
  try {
    const current = await repository.git.resolveCommit(commit);
    return await gatherCode(repository.git, facts, current ?? commit, at.before, at.declared);
  } catch (error) {
    if (error instanceof CulpritError && error.code === "REPOSITORY_UNAVAILABLE")
      return codeWithout(facts, error.message);
    throw error;
  }
}

/** Looks up releases that came without a commit, newest first, and keeps what was found. */
async function mapTimeline(
  deps: ChangeDeps,
  { readable }: ProjectRepositories,
  facts: IncidentFacts,
  timeline: readonly RevisionRow[],
): Promise<readonly RevisionRow[]> {
  const unmapped = timeline.filter((one) => one.commitSha === null && one.release !== null).slice(-mappedMax);
  if (unmapped.length === 0 || readable.length === 0) return timeline;
  const known = timeline.toReversed().flatMap(({ commitSha }) => commitSha ?? []);
  const own = await holderOf(
    readable,
    [...(facts.firstCommit === null ? [] : [facts.firstCommit]), ...known].slice(0, mappedMax),
  );
  const found = new Map<string, RevisionRow>();
  for (const one of unmapped) {
    const mapping = await mapReleaseAmong(readable, own, {
      commitSha: null,
      release: one.release,
      imageRef: null,
      origin: "observed",
    });
    if (mapping.commitSha === null) continue;
    found.set(one.id, {
      ...one,
      commitSha: mapping.commitSha,
      mappingConfidence: mapping.confidence,
      mappingSource: mapping.source,
    });
    await sql`UPDATE service_revisions SET commit_sha = ${mapping.commitSha}, mapping_confidence = ${mapping.confidence}, mapping_source = ${mapping.source}
      WHERE id = ${one.id} AND commit_sha IS NULL`.execute(deps.database.db);
  }
  return timeline.map((one) => found.get(one.id) ?? one);
}

function requestOf(facts: IncidentFacts): { route: string | null; status: number | null } {
  const request = facts.payload.request as { route?: unknown; status?: unknown } | null | undefined;
  return {
    route: typeof request?.route === "string" ? request.route : null,
    status: typeof request?.status === "number" ? request.status : null,
  };
}

/**
 * Outgoing calls of the request, oldest first: HTTP calls that a Sentry SDK recorded as breadcrumbs, and failed CLIENT spans. A service of the project's own
 * that telemetry tells of speaks for itself, and may have failed because of what it calls.
 */
function outgoingOf(facts: IncidentFacts, observed: World["observed"]): World["incident"]["outgoing"] {
  const known = new Set((observed?.components ?? []).flatMap(({ kind, name }) => (kind === "service" ? [name] : [])));
  const { upstream } = facts.payload;
  const spans = (Array.isArray(upstream) ? upstream : []).flatMap((call: unknown) => {
    const { peer, route, status } = (call ?? {}) as { peer?: unknown; route?: unknown; status?: unknown };
    if (typeof peer !== "string" || peer === "" || known.has(peer) || known.has(peer.split(/[.:]/, 1)[0] ?? ""))
      return [];
    const path = typeof route === "string" && route.startsWith("/") ? route : "";
    return [{ url: `http://${peer}${path}`.slice(0, 300), status: typeof status === "number" ? status : null }];
  });
  return [...breadcrumbsOf(facts), ...spans].slice(-50);
}

function breadcrumbsOf(facts: IncidentFacts): World["incident"]["outgoing"] {
  const crumbs = facts.payload.breadcrumbs;
  const list: unknown[] = Array.isArray(crumbs)
    ? crumbs
    : Array.isArray((crumbs as { values?: unknown } | null)?.values)
      ? (crumbs as { values: unknown[] }).values
      : [];
  return list.slice(-50).flatMap((crumb) => {
    const { category, type, data } = (crumb ?? {}) as {
      category?: unknown;
      type?: unknown;
      data?: { url?: unknown; status_code?: unknown };
    };
    if ((category !== "http" && type !== "http") || typeof data?.url !== "string") return [];
    const status = Number(data.status_code);
    return [{ url: data.url.slice(0, 300), status: Number.isInteger(status) && status > 0 ? status : null }];
  });
}
