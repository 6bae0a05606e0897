/**
 * What an operator adds to any Node process: `node --import <this file> src/main.js` reports what it logs as an error and
 * what ends it. With `SENTRY_DSN` by the real Sentry SDK, else as Culprit's own JSON to `REPORT_URL`.
 */
import * as Sentry from "@sentry/node";

if (process.env.SENTRY_DSN !== undefined) {
  Sentry.init({
    integrations: [Sentry.captureConsoleIntegration({ levels: ["error"] })],
    maxValueLength: 2000,
    normalizeDepth: 6,
  });
  process.once("SIGTERM", () => void Sentry.close(2000).then(() => process.exit(0)));
} else if (process.env.REPORT_URL !== undefined) {
  process.on("uncaughtException", (error) => {
    void report(error).finally(() => process.exit(1));
  });
}

/** A rejection that nobody handled arrives here too. */
async function report(error: Error): Promise<void> {
  await fetch(`${process.env.REPORT_URL}/api/ingest`, {
    method: "POST",
    headers: { authorization: `Bearer ${process.env.REPORT_KEY}`, "content-type": "application/json" },
    body: JSON.stringify({
      error: { message: error.message, type: error.name, stack: error.stack ?? "", severity: "error" },
      context: {
        service: process.env.REPORT_SERVICE,
        environment: "production",
        commit_sha: process.env.REPORT_COMMIT,
        occurred_at: new Date().toISOString(),
      },
    }),
  });
}
