/** The lines that make an application with `@sentry/node` send to Culprit. */
export function sentrySnippet(dsn: string): string {
  return `import * as Sentry from "@sentry/node";

Sentry.init({
  dsn: ${JSON.stringify(dsn)},
  release: process.env.GIT_COMMIT, // a commit id: only then can a commit be blamed
  environment: "production",
});`;
}

/** A request that opens an incident, for a shell. */
export function curlSnippet(origin: string, ingestKey: string): string {
  return `curl ${origin}/api/ingest \\
  -H "Authorization: Bearer ${ingestKey}" \\
  -H "Content-Type: application/json" \\
  -d '{"error": {"type": "TypeError", "message": "first light", "stack": "TypeError: first light\\n    at main (src/main.js:1:1)"}}'`;
}
