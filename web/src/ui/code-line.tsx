import { memo } from "react";
import { type CodeToken, highlightCode } from "../lib/highlight-code.ts";

const colours: Record<CodeToken["kind"], string | undefined> = {
  plain: undefined,
  comment: "text-ink-3",
  string: "text-code-string",
  number: "text-code-number",
  keyword: "text-code-keyword",
};

/** One line of code in colours. */
export const CodeLine = memo(function CodeLine({ text }: { readonly text: string }) {
  let at = 0;
  return highlightCode(text).map((token) => {
    at += token.text.length;
    return token.kind === "plain" ? (
      token.text
    ) : (
      <span key={at} className={colours[token.kind]}>
        {token.text}
      </span>
    );
  });
});
