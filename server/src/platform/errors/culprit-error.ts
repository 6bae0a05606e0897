import { type ErrorCode, errorCodes, type WorkflowProblem } from "@culprit/contract";

/** Where a fault came from and what the caller may do; never a secret. */
export interface ErrorDetails {
  readonly field?: string;
  readonly provided?: unknown;
  readonly retryAfterS?: number;
  /** Of a workflow that can't be saved. */
  readonly problems?: readonly WorkflowProblem[];
}

/** A fault of the closed list. The message says what was wrong, which value, and what to do. */
export class CulpritError extends Error {
  readonly code: ErrorCode;
  readonly details: ErrorDetails;

  constructor(code: ErrorCode, message: string, options: { details?: ErrorDetails; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "CulpritError";
    this.code = code;
    this.details = options.details ?? {};
  }

  get status(): number {
    return errorCodes[this.code].status;
  }
}
