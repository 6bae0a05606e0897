import { type ErrorCode, errorCodes } from "@culprit/contract";
import { ApiFailure, isErrorBody } from "./api-failure.ts";

/**
 * The failure behind an answer's status and parsed body: the server's own message and remedy where it gave them, the
 * contract's remedy for the code where it did not.
 */
export function explainFailure(status: number, body: unknown): ApiFailure {
  if (!isErrorBody(body)) {
    const message = `The server answered ${status} without saying why.`;
    return new ApiFailure(
      status,
      "UNKNOWN",
      message,
      "Something between this page and Culprit may have answered instead.",
    );
  }
  const { code, message, details } = body.error;
  return new ApiFailure(status, code, message, details?.remedy ?? knownRemedy(code));
}

function knownRemedy(code: string): string | null {
  return Object.hasOwn(errorCodes, code) ? errorCodes[code as ErrorCode].remedy : null;
}
