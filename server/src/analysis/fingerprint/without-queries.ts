import type { ErrorSignal } from "@culprit/contract";

/** Characters of a text in which queries are looked for; no version of the fingerprint reads further without them. */
const readChars = 4_096;

/** The query of a path or address: from its question mark to the end of the word, without the punctuation that ends a sentence. */
const query = /(?<=[\w/.~%-])\?[\w.~%+[\]-]{1,100}=(?:[^\s"'<>`]{0,2000}[^\s"'<>`.,:;!?)\]}])?/g;

/**
 * A signal without the query strings in its messages, as every version of the fingerprint sees it: what was asked for differs from request to
 * request, and says nothing of what failed. The same signal where there is none, so that what is stored of it stays what it is.
 */
export function withoutQueries(signal: ErrorSignal): ErrorSignal {
  const title = withoutQuery(signal.title);
  const exceptions = signal.exceptions.some(({ message }) => message !== withoutQuery(message))
    ? signal.exceptions.map((exception) => ({ ...exception, message: withoutQuery(exception.message) }))
    : signal.exceptions;
  return title === signal.title && exceptions === signal.exceptions ? signal : { ...signal, title, exceptions };
}

function withoutQuery(text: string): string {
  if (!text.includes("?")) return text;
  const cut = text.slice(0, readChars).replace(query, "");
  return cut.length === Math.min(text.length, readChars) ? text : cut;
}
