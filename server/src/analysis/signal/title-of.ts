import type { ExceptionInfo } from "@culprit/contract";

const titleChars = 300;

/** One line for people: the exception's type and the first line of its message. */
export function titleOf(exception: Pick<ExceptionInfo, "type" | "message">): string {
  const line = firstLine(exception.message);
  return oneLine(line === "" ? exception.type : `${exception.type}: ${line}`);
}

/** The first line of a text with something on it, cut to the length of a title. */
export function firstLine(text: string): string {
  const start = text.slice(0, 2 * titleChars).trimStart();
  const end = start.indexOf("\n");
  return oneLine((end === -1 ? start : start.slice(0, end)).trimEnd());
}

/** One line for people about a request that failed without an exception: `HTTP 500: GET /cart/:id`. */
export function httpTitle(request: { method: string | null; route: string | null; status: number | null }): string {
  const what = [request.method, request.route].filter((part) => part !== null && part !== "").join(" ");
  const status = request.status === null ? "HTTP error" : `HTTP ${request.status}`;
  return oneLine(what === "" ? status : `${status}: ${what}`);
}

/** A text cut to the length of a title, with an ellipsis where something is missing. */
export function oneLine(text: string): string {
  return text.length <= titleChars ? text : `${text.slice(0, titleChars - 1)}…`;
}
