/** A page of a few lines, which needs no script: what is asked or said, and where to go. All texts are escaped. */
export function callbackPage(parts: {
  readonly heading: string;
  readonly text: string;
  /** The label of the button that does it; null where there is nothing to do. */
  readonly button: string | null;
  readonly incidentUrl: string | null;
}): string {
  const { heading, text, button, incidentUrl } = parts;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="robots" content="noindex">
<title>${escaped(heading)} · Culprit</title>
<style>
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 34rem; margin: 12vh auto 0; padding: 0 1.25rem; }
h1 { font-size: 1.35rem; line-height: 1.3; margin: 0 0 .5rem; }
p { overflow-wrap: anywhere; }
button { font: inherit; padding: .5rem 1.1rem; border-radius: .4rem; border: 1px solid #1d4ed8; background: #1d4ed8; color: #fff; cursor: pointer; }
button:focus-visible, a:focus-visible { outline: 3px solid #93c5fd; outline-offset: 2px; }
</style>
</head>
<body>
<main>
<h1>${escaped(heading)}</h1>
<p>${escaped(text)}</p>
${button === null ? "" : `<form method="post"><button>${escaped(button)}</button></form>`}
${incidentUrl === null ? "" : `<p><a href="${escaped(incidentUrl)}">Open the incident</a></p>`}
</main>
</body>
</html>
`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (letter) => entities[letter] ?? "");
}
