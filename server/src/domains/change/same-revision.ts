import { type RawBuilder, sql } from "kysely";

/** Whether a row of the timeline or of deployments is of this revision: by its commit, or by its release where one of the two has no commit. */
export function sameRevision(
  row: "r" | "d",
  {
    commitSha,
    release,
  }: { readonly commitSha: RawBuilder<string | null>; readonly release: RawBuilder<string | null> },
): RawBuilder<boolean> {
  const own = (column: string) => sql.ref(`${row}.${column}`);
  return sql<boolean>`(${own("commit_sha")} = ${commitSha} OR ((${own("commit_sha")} IS NULL OR ${commitSha} IS NULL) AND ${own("release")} = ${release}))`;
}

/** A value as `sameRevision` takes it. */
export function revisionName(name: string | null): RawBuilder<string | null> {
  return sql<string | null>`${name}::text`;
}
