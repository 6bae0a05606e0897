import type { Evidence } from "@culprit/contract";
import { createElement, Fragment, type ReactNode, useMemo } from "react";

const elements = new Set(
  "p h1 h2 h3 h4 h5 h6 ul ol li strong em b i del code pre blockquote table thead tbody tr th td br hr a span div".split(
    " ",
  ),
);
/** They stand below the heading of their part of the page. */
const headings: Readonly<Record<string, string>> = { h1: "h3", h2: "h4", h3: "h5", h4: "h6", h5: "h6" };
const voids = new Set(["br", "hr"]);
/** Their text is no text for people. */
const dropped = new Set(["script", "style", "template", "iframe", "object", "noscript", "svg", "math"]);

interface SafeHtmlProps {
  readonly html: string;
  /** What the report cites by id; an id that is known is shown as the title that a person can read. */
  readonly evidence: readonly Evidence[];
}

/**
 * Shows the server's HTML as React elements of a short list, with no attribute but a safe `href`. The server makes it
 * safe already; this is the second lock, because what it words came from outside.
 */
export function SafeHtml({ html, evidence }: SafeHtmlProps) {
  return useMemo(() => {
    // A parsed document is inert: nothing in it is loaded or run.
    const body = new DOMParser().parseFromString(html, "text/html").body;
    const titles = new Map(evidence.map(({ id, title }) => [id, title]));
    return <>{toNodes(body, titles)}</>;
  }, [html, evidence]);
}

type Titles = ReadonlyMap<string, string>;

function toNodes(parent: Node, titles: Titles): ReactNode[] {
  return [...parent.childNodes].map((node, index) => {
    if (node.nodeType === Node.TEXT_NODE) return citeEvidence(node.textContent ?? "", titles);
    if (!(node instanceof Element)) return null;
    const name = node.localName;
    if (dropped.has(name)) return null;
    const key = String(index);
    if (!elements.has(name)) return createElement(Fragment, { key }, toNodes(node, titles));
    if (voids.has(name)) return createElement(name, { key });
    if (name === "table")
      return createElement("div", { key, className: "table" }, createElement("table", {}, toNodes(node, titles)));
    return createElement(
      headings[name] ?? name,
      { key, ...(name === "a" ? linkProps(node) : {}) },
      toNodes(node, titles),
    );
  });
}

function linkProps(node: Element): Record<string, string> {
  const href = node.getAttribute("href") ?? "";
  return /^(https?:\/\/|\/(?!\/)|#)/i.test(href) ? { href, rel: "noreferrer noopener" } : {};
}

function citeEvidence(text: string, titles: Titles): ReactNode {
  return text.split(/(evd_[0-9a-z]+)/).map((part) => {
    const title = titles.get(part);
    return title === undefined ? part : createElement("a", { key: part, href: "#hypotheses", title: part }, title);
  });
}
