import { createElement, Fragment, type ReactNode, useMemo } from "react";

const elements = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li strong em b i del code pre blockquote table thead tbody tr th td br hr a span div".split(
    " ",
  ),
);
const voids = new Set(["br", "hr"]);
/** Their text is no text for people. */
const dropped = new Set(["script", "style", "template", "iframe", "object", "noscript", "svg", "math"]);

/**
 * Shows the server's HTML as React elements of a short list, with no attribute but a safe `href`. The server makes it
 * safe already; this is the second lock, because what it words came from outside.
 */
export function SafeHtml({ html }: { readonly html: string }) {
  return useMemo(() => {
    // A parsed document is inert: nothing in it is loaded or run.
    const body = new DOMParser().parseFromString(html, "text/html").body;
    return <>{toNodes(body)}</>;
  }, [html]);
}

function toNodes(parent: Node): ReactNode[] {
  return [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE) return node.textContent;
    if (!(node instanceof Element)) return null;
    const name = node.localName;
    if (dropped.has(name)) return null;
    const key = String(index);
    if (!elements.has(name)) return createElement(Fragment, { key }, toNodes(node));
    if (voids.has(name)) return createElement(name, { key });
    if (name === "table")
      return createElement("div", { key, className: "table" }, createElement("table", {}, toNodes(node)));
    return createElement(name, { key, ...(name === "a" ? linkProps(node) : {}) }, toNodes(node));
  });
}

function linkProps(node: Element): Record<string, string> {
  const href = node.getAttribute("href") ?? "";
  return /^(https?:\/\/|\/(?!\/)|#)/i.test(href) ? { href, rel: "noreferrer noopener" } : {};
}
