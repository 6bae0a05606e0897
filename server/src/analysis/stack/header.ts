/** `Type: message` taken apart; `type` is null when the text does not begin with a type's name. */
export interface Header {
  readonly type: string | null;
  readonly message: string;
}

const typeName = /^[A-Za-z_$][\w$.]{0,254}$/;

/**
 * Splits what stands before the frames. Knows `TypeError: x`, `java.lang.Error: x`, `pkg.Error` alone, Node's
 * `TypeError [ERR_CODE]: x`, and the prefixes of uncaught errors (`Uncaught`, `Exception in thread "main"`).
 */
export function splitHeader(text: string): Header {
  const bare = text
    .replace(/^(?:Uncaught(?: \(in promise\))? |Unhandled(?: exception)?: |Exception in thread "[^"\n]{0,200}" )/, "")
    .trim();
  const lineEnd = bare.indexOf("\n");
  const first = lineEnd === -1 ? bare : bare.slice(0, lineEnd);
  const colon = first.indexOf(":");
  const name = (colon === -1 ? first : first.slice(0, colon)).replace(/ \[[\w.-]{1,100}\]$/, "");
  if (!typeName.test(name)) return { type: null, message: bare };
  // A lone word is a type only if it is called like one; otherwise it is a message such as "Timeout".
  if (colon === -1) {
    return lineEnd === -1 && /(?:Error|Exception|Exit|Interrupt|Warning|Iteration)$|\./.test(name)
      ? { type: name, message: "" }
      : { type: null, message: bare };
  }
  return { type: name, message: bare.slice(colon + 1).trim() };
}
