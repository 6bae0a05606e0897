import { findHints, hint } from "./find-hints.ts";
import { replaceEmails } from "./replace-emails.ts";

/** How many of each kind were taken out. */
export type ScrubCounts = Record<string, number>;

/** What to take out beside secrets, e-mail addresses and card numbers, which always go. */
export interface ScrubOptions {
  /** Internet addresses as well; off by default, because a diagnosis often needs to know which host refused. */
  readonly ipAddresses?: boolean;
  /** The text is source code: only literals are secrets in it. */
  readonly isSourceCode?: boolean;
}

const ipHint = /\d\.\d|:[0-9a-f]{0,4}:/i;

interface Rule {
  readonly kind: string;
  /** Bits of `hint` without which the pattern can't match. */
  readonly needs: number;
  /** Not for source code, where what follows `token =` without quotes is an expression. */
  readonly proseOnly?: boolean;
  readonly pattern: RegExp;
  readonly replace: (match: string, ...groups: string[]) => string;
}

/** What a secret is called, by the end of its name: `db_password`, `x-api-key`, `accessToken`. */
const secretName =
  "(?:password|passwd|passphrase|pwd(?!=/)|secret|token|api[_-]?key|access[_-]?key(?:[_-]?id)?|private[_-]?key|credentials?|session[_-]?id|auth[_-]?key|signature)";

/** Names that are secret only when they stand alone, and so short that what follows must look like a field: `sid=…`, `"sid":"…"`. */
const shortName = "(?<![A-Za-z0-9])(?:sig|sid|session|(?:php)?sessid)";

/** What stands under a name of a session or a signature and is none: how the session is, or which signal came. */
export const stateWords = "null|undefined|none|true|false|active|expired|invalid|missing|SIG[A-Z]{2,9}|\\d{1,3}";

/** Ordered: whole blocks first, then names with values, then values that betray themselves by their shape. */
const rules: readonly Rule[] = [
  {
    kind: "private_key",
    needs: hint.privateKey,
    pattern:
      /-----BEGIN [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----[\s\S]{0,20000}?(?:-----END [A-Z ]{0,40}PRIVATE KEY(?: BLOCK)?-----|$)/g,
    replace: () => "[private_key]",
  },
  {
    kind: "authorization",
    needs: hint.authorization,
    pattern:
      /\b((?:proxy-)?authorization["']?\s{0,4}[:=]\s{0,4}["']?)(?:(?:bearer|basic|digest|token|sentry|negotiate|apikey) {1,4})?[^\s"',;]{1,4000}/gi,
    replace: (_match, before) => `${before}[authorization]`,
  },
  {
    kind: "authorization",
    needs: hint.authorization,
    pattern: /\b((?:bearer|basic) {1,4})[A-Za-z0-9._~+/=-]{12,4000}/gi,
    replace: (_match, before) => `${before}[authorization]`,
  },
  {
    kind: "cookie",
    needs: hint.cookie,
    pattern: /\b((?:set-)?cookie["']?\s{0,4}[:=]\s{0,4}["']?)[^\r\n"']{1,8000}/gi,
    replace: (_match, before) => `${before}[cookie]`,
  },
  {
    kind: "jwt",
    needs: hint.jwt,
    pattern: /\beyJ[\w-]{8,4000}\.[\w-]{4,8000}(?:\.[\w-]{0,4000})?/g,
    replace: () => "[jwt]",
  },
  {
    kind: "secret_key",
    needs: hint.secretKey,
    pattern:
      /\b(?:A(?:KIA|SIA|GPA|IDA|ROA)[A-Z0-9]{16}|gh[opsur]_[A-Za-z0-9]{20,255}|github_pat_\w{20,255}|glpat-[\w-]{18,100}|xox[abeoprs]-[\w-]{10,255}|xapp-[\w-]{10,255}|[sr]k_(?:live|test)_\w{8,255}|whsec_\w{8,255}|sk-(?:[a-z]{2,10}-)?[\w-]{16,255}|AIza[\w-]{30,60}|npm_[A-Za-z0-9]{30,60}|SG\.[\w-]{16,40}\.[\w-]{16,80})/g,
    replace: () => "[secret_key]",
  },
  {
    kind: "webhook_url",
    needs: hint.webhook,
    pattern: /\b(https:\/\/hooks\.[\w.-]{1,100}\/)[\w/-]{8,300}/g,
    replace: (_match, before) => `${before}[webhook_url]`,
  },
  {
    kind: "url_credentials",
    needs: hint.scheme | hint.at,
    pattern: /\b([a-z][a-z0-9+.-]{1,30}:\/\/)[^\s/?#@"'<>]{1,500}@/gi,
    replace: (_match, before) => `${before}[url_credentials]@`,
  },
  {
    kind: "password",
    needs: hint.secretName,
    pattern: new RegExp(String.raw`(${secretName}(?:\\?["'])?\s{0,4}(?::|=>?)\s{0,4}\\?["'])[^"'\\\r\n]{1,4000}`, "gi"),
    replace: (_match, before) => `${before}[password]`,
  },
  {
    kind: "password",
    needs: hint.secretName,
    proseOnly: true,
    pattern: new RegExp(
      String.raw`(${secretName}(?:\\?["'])?\s{0,4}(?::|=>?|%3D)\s{0,4})(?!\\?["'])[^\s"'&,;)}\]\\[]{1,4000}`,
      "gi",
    ),
    replace: (_match, before) => `${before}[password]`,
  },
  {
    kind: "password",
    needs: hint.shortName,
    pattern: new RegExp(
      String.raw`(${shortName}(?:\\?["']\s{0,4}:\s{0,4}|=)\\?["'])(?!(?:${stateWords})\\?["'])[^"'\\\r\n]{1,4000}`,
      "gi",
    ),
    replace: (_match, before) => `${before}[password]`,
  },
  {
    kind: "password",
    needs: hint.shortName,
    proseOnly: true,
    pattern: new RegExp(
      String.raw`(${shortName}(?:=|%3D))(?!(?:${stateWords})(?![\w.%+/-]))[^\s"'&,;)}\]\\[]{1,4000}`,
      "gi",
    ),
    replace: (_match, before) => `${before}[password]`,
  },
  {
    kind: "password",
    needs: hint.shortName,
    pattern: /(cv[vc]2?(?:[_-]?code)?(?:\\?["'])?\s{0,4}(?::|=>?|%3D)\s{0,4}(?:\\?["'])?)\d{3,4}(?!\d)/gi,
    replace: (_match, before) => `${before}[password]`,
  },
  {
    kind: "card_number",
    needs: hint.cardNumber,
    pattern: /(?<![\w.-])\d{4}(?:[ -]?\d{2,6}){2,5}(?![\w-])/g,
    replace: (match) => (isCardNumber(match) ? "[card_number]" : match),
  },
  {
    kind: "ssn",
    needs: hint.ssn,
    pattern: /(?<![\w-])(?!000|666|9)\d{3}-(?!00)\d\d-(?!0000)\d{4}(?![\w-])/g,
    replace: () => "[ssn]",
  },
];

const ipRules: readonly Rule[] = [
  {
    kind: "ip_address",
    needs: 0,
    pattern: /(?<![\w.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w.])/g,
    replace: () => "[ip_address]",
  },
  {
    kind: "ip_address",
    needs: 0,
    pattern:
      /(?<![\w:])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:[0-9a-f]{1,4}:){1,6}(?::[0-9a-f]{1,4}){1,6}|::(?:[0-9a-f]{1,4}:){0,6}[0-9a-f]{1,4})(?![\w:])/gi,
    replace: () => "[ip_address]",
  },
];

/**
 * A text without secrets and personal data: each is replaced by its kind in brackets and counted in `counts`. The text
 * itself is returned when nothing was found. Also takes out NUL and lone surrogates, which PostgreSQL refuses.
 */
export function scrubText(text: string, counts: ScrubCounts, options: ScrubOptions = {}): string {
  let clean = storable(text);
  const hints = findHints(clean);
  if (hints !== 0) clean = apply(rules, clean, hints, counts, options);
  if (options.ipAddresses === true && ipHint.test(clean)) clean = apply(ipRules, clean, hints, counts, options);
  return clean;
}

/** A text that PostgreSQL stores: without NUL, lone surrogates replaced by U+FFFD. */
export function storable(text: string): string {
  const whole = text.isWellFormed() ? text : text.toWellFormed();
  return whole.includes("\0") ? whole.replaceAll("\0", "") : whole;
}

function apply(list: readonly Rule[], text: string, hints: number, counts: ScrubCounts, options: ScrubOptions): string {
  let result = text;
  for (const { kind, needs, proseOnly, pattern, replace } of list) {
    if ((hints & needs) !== needs || (proseOnly === true && options.isSourceCode === true)) continue;
    result = result.replace(pattern, (match: string, ...groups: string[]) => {
      const replaced = replace(match, ...groups);
      if (replaced !== match) counts[kind] = (counts[kind] ?? 0) + 1;
      return replaced;
    });
  }
  if ((hints & hint.at) === 0) return result;
  return replaceEmails(result, "[email]", () => {
    counts.email = (counts.email ?? 0) + 1;
  });
}

/** Luhn's check (ISO/IEC 7812-1) over 13 to 19 digits of a known first digit. */
function isCardNumber(match: string): boolean {
  const digits = match.replace(/\D/g, "");
  if (digits.length < 13 || digits.length > 19 || !/^[2-6]/.test(digits)) return false;
  let sum = 0;
  for (let index = 0; index < digits.length; index += 1) {
    const digit = digits.charCodeAt(digits.length - 1 - index) - 48;
    const doubled = index % 2 === 0 ? digit : digit * 2;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}
