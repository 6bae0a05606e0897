export interface CodeToken {
  readonly kind: "plain" | "comment" | "string" | "number" | "keyword";
  readonly text: string;
}

const keywords = new Set(
  (
    "abstract and as assert async await boolean break case catch class const continue def default del do elif else enum " +
    "except export extends final finally for from function if implements import in instanceof int interface is lambda let " +
    "new not null of or package pass private protected public raise readonly return self static super switch this throw " +
    "throws true false True False None try type typeof undefined var void while with yield"
  ).split(" "),
);

const token =
  /(\/\/.*|\/\*.*?(?:\*\/|$)|(?<![\w$.])#(?=[\s!]|$).*)|("(?:\\.|[^"\\])*"?|'(?:\\.|[^'\\])*'?|`(?:\\.|[^`\\])*`?)|(\b\d[\w.]*)|([A-Za-z_$][\w$]*)/g;

/**
 * One line of JavaScript, TypeScript, Python or Java in coloured pieces. It looks at this line only, so a string or
 * comment over several lines stays plain: a hint for the eye, not a parser. The pieces joined are the line itself.
 */
export function highlightCode(line: string): readonly CodeToken[] {
  // A minified line of a megabyte is shown as it is: colouring it would block the page.
  if (line.length > 2000) return [{ kind: "plain", text: line }];
  const tokens: CodeToken[] = [];
  let end = 0;
  const push = (kind: CodeToken["kind"], text: string) => {
    if (text !== "") tokens.push({ kind, text });
  };
  for (const match of line.matchAll(token)) {
    push("plain", line.slice(end, match.index));
    const [text, comment, string, number, word] = match;
    if (comment !== undefined) push("comment", text);
    else if (string !== undefined) push("string", text);
    else if (number !== undefined) push("number", text);
    else push(word !== undefined && keywords.has(word) ? "keyword" : "plain", text);
    end = match.index + text.length;
  }
  push("plain", line.slice(end));
  return tokens;
}
