import type { ErrorBody } from "@culprit/contract";

/** An answer that was not a success, or no answer at all (`status` 0), in words for the person at the page. */
export class ApiFailure extends Error {
  readonly status: number;
  readonly code: string;
  readonly remedy: string | null;

  constructor(status: number, code: string, message: string, remedy: string | null) {
    super(message);
    this.name = "ApiFailure";
    this.status = status;
    this.code = code;
    this.remedy = remedy;
  }
}

/** True where the body has the contract's error shape. */
export function isErrorBody(body: unknown): body is ErrorBody {
  if (typeof body !== "object" || body === null || !("error" in body)) return false;
  const { error } = body;
  return typeof error === "object" && error !== null && "code" in error && "message" in error;
}
