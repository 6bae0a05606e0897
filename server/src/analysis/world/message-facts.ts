import type { WorldException } from "./world.ts";

/** A failure that happened in another system, as the words of the error tell. */
export interface OutsideFailure {
  readonly kind: "connection" | "timeout" | "upstream_error" | "bad_reply";
  /** The other side as the message names it, or null. */
  readonly target: string | null;
  /** The words that tell. */
  readonly words: string;
}

const wordings: readonly { kind: OutsideFailure["kind"]; pattern: RegExp }[] = [
  {
    kind: "timeout",
    pattern:
      /\b(?:ETIMEDOUT|ESOCKETTIMEDOUT|ECONNABORTED|UND_ERR_\w*TIMEOUT\w*|ConnectTimeout\w*|ReadTimeout\w*|TimeoutError|AbortError|DeadlineExceeded|deadline exceeded|SocketTimeoutException)\b|\btimed[ -]?out\b|\btime-?out\b(?: (?:of|after|exceeded|while|waiting))|\boperation was aborted due to timeout\b/i,
  },
  {
    kind: "connection",
    pattern:
      /\b(?:ECONNREFUSED|ECONNRESET|ENOTFOUND|EAI_AGAIN|EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|EPIPE|UND_ERR_(?:SOCKET|CONNECT)\w*|ConnectionError|ConnectException|UnknownHostException|CERT_HAS_EXPIRED)\b|\bsocket hang up\b|\bfetch failed\b|\bconnection (?:refused|reset|closed)\b|\bgetaddrinfo\b|\bnetwork (?:error|is unreachable)\b|\bname or service not known\b|\bother side closed\b/i,
  },
  {
    kind: "upstream_error",
    pattern:
      /\b(?:status(?: code)?|HTTP(?:\/[\d.]+)?|responded|replied|answered|returned|gave|got|failed|code|with|error)[\s:=(]{1,3}(?:with |status |code |an? |HTTP |error )*(?:50[0-9]|5xx|429)\b|\b(?:502|503|504)\b|\bbad gateway\b|\bservice (?:is )?(?:temporarily )?unavailable\b|\bgateway time-?out\b|\btoo many requests\b|\bupstream (?:error|failure|connect|request|unavailable|service)\b|\b(?:is|was|are) (?:currently |temporarily )?(?:unavailable|unreachable|down for maintenance)\b/i,
  },
  {
    kind: "bad_reply",
    pattern: /\bUnexpected token '?<|\bunexpected end of JSON input\b|\bis not valid JSON\b|\binvalid json response\b/i,
  },
];

/** Whether the exceptions tell of another system's failure; the root cause speaks first. */
export function outsideFailure(exceptions: readonly WorldException[]): OutsideFailure | null {
  for (const exception of [...exceptions].reverse()) {
    const text = `${exception.type}: ${exception.message}`.slice(0, 4000);
    for (const { kind, pattern } of wordings) {
      const match = pattern.exec(text);
      if (match !== null) return { kind, target: targetOf(exception.message), words: match[0].trim() };
    }
  }
  return null;
}

const notNames =
  /^(?:the|this|that|time-?out|timeouts|connect|connection|request|fetch|read|write|load|parse|reach|another|external|internal|remote|upstream|server|service|bad|http|https|network|client|user|undefined|null|error)$/i;

function targetOf(message: string): string | null {
  const url = /\bhttps?:\/\/([A-Za-z0-9.-]+(?::\d+)?)/.exec(message)?.[1];
  if (url !== undefined) return url;
  const address =
    /\b((?:\d{1,3}\.){3}\d{1,3}:\d{1,5}|[a-z][a-z0-9-]*(?:\.[a-z0-9-]+)+(?::\d{1,5})?|localhost:\d{1,5}|\[?::1\]?:\d{1,5})\b/i.exec(
      message,
    )?.[1];
  if (address !== undefined) return address;
  const named =
    /\b([A-Za-z][\w-]{2,40}) (?:service|provider|gateway|api|server|upstream|backend)\b/i.exec(message) ??
    /\b(?:from|by|to|calling) (?:the )?([a-z][\w-]{2,40})\b/i.exec(message);
  const name = named?.[1] ?? null;
  return name === null || notNames.test(name) ? null : name;
}

/** Names that an error message blames: the property that was read, the function that is none, the missing key. */
export function symbolsOfMessage(exceptions: readonly WorldException[]): string[] {
  const found: string[] = [];
  const take = (text: string | undefined) => {
    for (const part of (text ?? "").split(/[.[\]()'"`\s?]+/))
      if (/^[A-Za-z_$][\w$]{1,60}$/.test(part)) found.push(part);
  };
  for (const { message } of [...exceptions].reverse()) {
    const text = message.slice(0, 2000);
    take(/\((?:reading|setting) '([^']+)'\)/.exec(text)?.[1]);
    take(/Cannot (?:read|set) propert(?:y|ies) '?([\w$]+)'? of/.exec(text)?.[1]);
    take(/([\w$.[\]()]+) is not (?:a function|a constructor|defined|iterable|an? object)/.exec(text)?.[1]);
    take(/Cannot (?:destructure|access) (?:property )?'([\w$]+)'/.exec(text)?.[1]);
    take(/has no attribute '([\w$]+)'/.exec(text)?.[1]);
    take(/name '([\w$]+)' is not defined/.exec(text)?.[1]);
    take(/^'?([\w$-]+)'?$/.exec(text.trim())?.[1]);
    take(/cannot find symbol[\s\S]*?symbol:\s+\w+\s+([\w$]+)/.exec(text)?.[1]);
    take(/Cannot invoke "[\w.$]*?([\w$]+)\(/.exec(text)?.[1]);
    take(/because "(?:[\w$<>]+\.)?([\w$]+)/.exec(text)?.[1]);
    take(/(?:does not provide an export named|export) '([\w$]+)'/.exec(text)?.[1]);
    for (const match of text.matchAll(/[`'"“]([A-Za-z_$][\w$.-]{1,60})[`'"”]/g)) take(match[1]);
  }
  return [...new Set(found)].filter((name) => !generic.has(name));
}

const generic = new Set(
  "undefined null object Object function string String number Number Error TypeError Promise Array length of in to for name value id data message type this true false not is the and from with has read property properties reading cannot toString".split(
    " ",
  ),
);

/** Whether the failure is a complaint about what a client sent, thrown on purpose. */
export function isClientComplaint(exceptions: readonly WorldException[], httpStatus: number | null): boolean {
  if (httpStatus !== null && httpStatus >= 400 && httpStatus < 500) return true;
  return exceptions.some(
    ({ type, message }) =>
      /^(?:\w*(?:Validation|BadRequest|InvalidInput|InvalidRequest|ClientInput|NotFound|Unauthorized|Forbidden|Unprocessable|Conflict|Payload|ClientError|UserInput|ZodError|HttpError4\d\d)\w*)$/i.test(
        type,
      ) || /\b(?:HTTP|status(?: code)?)[ :=]*4\d\d\b/i.test(message),
  );
}

/** Words of a text in one form: `payment_timeoutMs` and `PAYMENT_TIMEOUT_MS` become the same. */
export function foldName(name: string): string {
  return name.replace(/[^A-Za-z0-9]/g, "").toLowerCase();
}
