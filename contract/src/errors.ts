import type { WorkflowProblem } from "./workflow-api.ts";

/**
 * The closed list of error codes. A code is stable for ever; its message may become clearer. A remedy is read at a terminal,
 * on the page and in an answer of the API alike, so one that many doors may give speaks of none.
 * `docs/errors.md` is generated from this list and a test compares the two.
 */
export const errorCodes = {
  INVALID_REQUEST: {
    status: 400,
    meaning: "The request does not have the documented shape.",
    remedy: "Mend what the message names and try again.",
  },
  MALFORMED_BODY: {
    status: 400,
    meaning: "The body is not what its content type says (broken JSON, protobuf, envelope or compression).",
    remedy: "Check the encoder; nothing of this request was stored.",
  },
  UNAUTHORIZED: {
    status: 401,
    meaning: "No valid key or session came with the request.",
    remedy: "Send `Authorization: Bearer <key>`, a Sentry DSN key, or sign in by a link from `culprit login-link`.",
  },
  WRONG_SIGNATURE: {
    status: 401,
    meaning: "A webhook's call is not signed with the secret that was agreed on, or was signed too long ago.",
    remedy:
      "Give the sender the secret that Culprit has, or Culprit the one that the sender has: an integration's on its page under Integrations, a workflow's on its page under Triggers.",
  },
  FORBIDDEN: {
    status: 403,
    meaning: "The key or session is valid but may not do this.",
    remedy: "Use a key of the right kind.",
  },
  NOT_FOUND: {
    status: 404,
    meaning: "There is no such thing, or you have no access to it.",
    remedy: "Check the id or the name, and the project.",
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    meaning: "The address is right, but it does not take this method.",
    remedy: "Use a method that the header `Allow` names.",
  },
  CONFLICT: {
    status: 409,
    meaning: "The thing exists already, or is not in a state that allows this.",
    remedy: "See how it stands now, then decide anew.",
  },
  WORKFLOW_INVALID: {
    status: 422,
    meaning: "The workflow can't be saved as it is written; every problem has its line and field.",
    remedy: "Mend what the problems name; nothing was stored.",
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    meaning: "The body is over the limit, before or after decompression.",
    remedy: "Send less in one request; the limits are in docs/configuration.md.",
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    meaning: "The content type or content encoding is not known here.",
    remedy: "Use JSON, protobuf or a Sentry envelope; gzip, deflate, br or none.",
  },
  RATE_LIMIT_EXCEEDED: {
    status: 429,
    meaning: "Too many requests for this project, or Culprit is over its queue or disk limit.",
    remedy: "Wait for the seconds in `Retry-After`; nothing of this request was stored.",
  },
  INTERNAL_ERROR: {
    status: 500,
    meaning: "Culprit itself failed.",
    remedy: "Look for the trace id of the answer in Culprit's log.",
  },
  OVERLOADED: {
    status: 503,
    meaning: "No database connection became free in time.",
    remedy: "Wait for the seconds in `Retry-After`.",
  },
  DATABASE_UNAVAILABLE: {
    status: 503,
    meaning: "The database can't be reached or refuses to write.",
    remedy: "Check that it runs, that DATABASE_URL is right and that its disk is not full.",
  },
  CONFIG_INVALID: {
    status: 500,
    meaning: "A setting has an unknown name or a bad value.",
    remedy: "Mend what the message names; docs/configuration.md and `culprit COMMAND --help` list what there is.",
  },
  DATA_FOLDER_UNUSABLE: {
    status: 500,
    meaning: "The data folder can't be used (not writable, of another major version, or in use).",
    remedy: "The message says which, and the way out.",
  },
  SCHEMA_TOO_NEW: {
    status: 500,
    meaning: "The database was migrated by a newer Culprit with a breaking change.",
    remedy: "Start the newer Culprit, or restore a backup from before.",
  },
  MIGRATION_FAILED: {
    status: 500,
    meaning: "A migration failed; its transaction was rolled back.",
    remedy: "The message names the file and PostgreSQL's reason.",
  },
  INSECURE_DATABASE: {
    status: 500,
    meaning: "A remote database is reached without verified TLS.",
    remedy: "Use sslmode=verify-full with a CA, or set DATABASE_ALLOW_INSECURE=true if the network is trusted.",
  },
  SECRET_UNREADABLE: {
    status: 500,
    meaning: "A stored secret can't be decrypted: the key it was sealed with is gone, or the row was changed.",
    remedy:
      "Put the old key back behind the newest in CULPRIT_SECRET (or restore the data folder's secret.key), or enter anew what the message names.",
  },
  ENGINE_UNAVAILABLE: {
    status: 503,
    meaning: "An engine that the settings name beside the database can't be reached or refuses.",
    remedy: "The message says which and why. What it was to be told waits; nothing else answers in its place.",
  },
  REPOSITORY_UNAVAILABLE: {
    status: 502,
    meaning: "The git repository can't be read.",
    remedy: "Check the URL or path and its credentials; the diagnosis goes on without code.",
  },
  WATCHED_DATABASE_UNAVAILABLE: {
    status: 502,
    meaning: "A database whose schema is watched can't be read.",
    remedy: "Check its address, its user, and that Culprit's machine may reach it (CULPRIT_HTTP_ALLOW_PRIVATE).",
  },
} as const satisfies Record<string, { status: number; meaning: string; remedy: string }>;

export type ErrorCode = keyof typeof errorCodes;

/** The body of every answer that is not a success. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly message: string;
    readonly details?: {
      readonly field?: string;
      readonly provided?: unknown;
      readonly remedy?: string;
      /** WORKFLOW_INVALID only. */
      readonly problems?: readonly WorkflowProblem[];
    };
  };
}
