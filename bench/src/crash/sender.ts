import { writeFileSync } from "node:fs";
import { Connection } from "../load/connection.ts";
import { envelope } from "../load/events.ts";
import { fill, makeTemplate, newEventId, type Template } from "../load/template.ts";
import type { LedgerOrder, LedgerState, ToLedger } from "./ledger.ts";

/**
 * The sender, a process of its own that nobody kills. It keeps the ledger: every event id that it made, and whether it was
 * acknowledged. An event whose answer is lost, late, 429 or 5xx is sent again under the same id until it is acknowledged.
 */

const WAIT_AFTER_FAILURE_MS = 50;
const ANSWER_WITHIN_MS = 15_000;

interface Event {
  readonly id: string;
  readonly template: Template;
}

const acknowledged: string[] = [];
const toSendAgain: Event[] = [];
let [made, underWay, sentAgain, refused] = [0, 0, 0, 0];
let ledgerFile: string | null = null;

process.on("message", (message: ToLedger) => {
  if ("begin" in message) begin(message.begin);
  else if ("finish" in message) ledgerFile = message.finish;
  else process.send?.({ made, acknowledged: acknowledged.length, sentAgain, refused } satisfies LedgerState);
});

function begin({ port, dsnNumber, ingestKey, connections, fingerprints }: LedgerOrder): void {
  const target = {
    path: `/api/${dsnNumber}/envelope/`,
    headers: { "content-type": "application/x-sentry-envelope", "x-sentry-auth": `Sentry sentry_key=${ingestKey}` },
  };
  const templates = Array.from({ length: fingerprints }, (_, fingerprint) =>
    makeTemplate(target, envelope({ fingerprint, variant: 0 }, 0)),
  );
  for (let index = 0; index < connections; index += 1) next(new Connection(port, ANSWER_WITHIN_MS), templates);
}

function next(connection: Connection, templates: readonly Template[]): void {
  const event = takeEvent(templates);
  if (event === null) {
    if (underWay === 0 && toSendAgain.length === 0) finish();
    else setTimeout(() => next(connection, templates), WAIT_AFTER_FAILURE_MS);
    return;
  }
  underWay += 1;
  connection.send(fill(event.template, event.id), (status) => {
    underWay -= 1;
    const isAcknowledged = status >= 200 && status < 300;
    if (isAcknowledged) acknowledged.push(event.id);
    else if (status >= 400 && status < 500 && status !== 429) refused += 1;
    else toSendAgain.push(event);
    if (isAcknowledged) next(connection, templates);
    else setTimeout(() => next(connection, templates), WAIT_AFTER_FAILURE_MS);
  });
}

function takeEvent(templates: readonly Template[]): Event | null {
  const again = toSendAgain.shift();
  if (again !== undefined) {
    sentAgain += 1;
    return again;
  }
  const template = templates[made % templates.length];
  if (ledgerFile !== null || template === undefined) return null;
  made += 1;
  return { id: newEventId(), template };
}

function finish(): void {
  if (ledgerFile === null) return;
  writeFileSync(ledgerFile, acknowledged.join("\n"));
  process.exit(0);
}
