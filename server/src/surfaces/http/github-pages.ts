/** The few pages of GitHub's set-up, as plain HTML: they are forms that lead to GitHub and back. */

/** An HTML page, and where its form may lead beside Culprit itself. */
export interface Page {
  readonly html: string;
  readonly formTarget: string | null;
}

/** Offers to make the app: one button that sends the manifest to GitHub. */
export function setupPage(options: {
  readonly target: string;
  readonly manifest: object;
  readonly host: string;
  readonly organization: string | null;
  readonly project: string | null;
  /** Installed apps that there are already, with where each is installed further. */
  readonly apps: readonly { readonly slug: string; readonly host: string; readonly url: string }[];
  readonly isReachable: boolean;
}): Page {
  const { target, manifest, host, organization, project, apps, isReachable } = options;
  const owner = organization === null ? "your account" : organization;
  const hidden = project === null ? "" : `<input type="hidden" name="project" value="${escapeHtml(project)}">`;
  const known = apps.map(
    (app) => `<li><a href="${escapeHtml(app.url)}">Install ${escapeHtml(app.slug)}</a> (${escapeHtml(app.host)})</li>`,
  );
  const warning = isReachable
    ? ""
    : `<p class="note"><strong>GitHub can't reach this address.</strong> Culprit's own address is a local one, so GitHub refuses the app or sends no events. Start Culprit with its public address first (CULPRIT_PUBLIC_URL).</p>`;
  const body = `
    <h1>Connect GitHub</h1>
    <p>Culprit makes itself a GitHub App of its own: nobody else has its keys. GitHub asks you once for a name, then where to install it.</p>
    ${warning}
    <form action="${escapeHtml(target)}" method="post">
      <input type="hidden" name="manifest" value="${escapeHtml(JSON.stringify(manifest))}">
      <button type="submit">Create the app on ${escapeHtml(host)} for ${escapeHtml(owner)}</button>
    </form>
    ${known.length === 0 ? "" : `<h2>Apps that are there</h2><ul>${known.join("")}</ul>`}
    <h2>For an organisation, or on a server of your own</h2>
    <form action="/github/setup" method="get">
      ${hidden}
      <label>Organisation <input name="organization" value="${escapeHtml(organization ?? "")}" placeholder="none: your account"></label>
      <label>Host <input name="host" value="${escapeHtml(host)}" placeholder="github.com"></label>
      <button type="submit" class="quiet">Use these</button>
    </form>`;
  return { html: documentOf("Connect GitHub", body), formTarget: new URL(target).origin };
}

/** Asks which project an installation is for. */
export function chooseProjectPage(options: {
  readonly account: string;
  readonly repositories: readonly string[];
  readonly projects: readonly { readonly id: string; readonly name: string }[];
  readonly token: string;
}): Page {
  const { account, repositories, projects, token } = options;
  const choices = projects.map(
    ({ id, name }, index) =>
      `<label class="choice"><input type="radio" name="project" value="${escapeHtml(id)}"${index === 0 ? " checked" : ""}> ${escapeHtml(name)}</label>`,
  );
  const shown = repositories.slice(0, 20).map(escapeHtml).join(", ");
  const more = repositories.length > 20 ? ` and ${repositories.length - 20} more` : "";
  const body = `
    <h1>Which project is it for?</h1>
    <p>The app is installed on <strong>${escapeHtml(account)}</strong>: ${shown === "" ? "no repository yet" : shown}${more}.</p>
    ${
      choices.length === 0
        ? "<p>There is no project yet. Make one first: <code>culprit project create NAME</code>.</p>"
        : `<form action="/github/connect" method="post">
      <input type="hidden" name="token" value="${escapeHtml(token)}">
      ${choices.join("")}
      <button type="submit">Connect</button>
    </form>`
    }`;
  return { html: documentOf("Connect GitHub", body), formTarget: null };
}

/** Says something, with a way on. */
export function notePage(title: string, text: string, link: { readonly href: string; readonly label: string }): Page {
  const body = `<h1>${escapeHtml(title)}</h1><p>${escapeHtml(text)}</p><p><a href="${escapeHtml(link.href)}">${escapeHtml(link.label)}</a></p>`;
  return { html: documentOf(title, body), formTarget: null };
}

function documentOf(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)} · Culprit</title>
<style>
  :root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
  body { max-width: 40rem; margin: 4rem auto; padding: 0 1rem; }
  h1 { font-size: 1.4rem; } h2 { font-size: 1rem; margin-top: 2.5rem; }
  button { font: inherit; padding: .5rem 1rem; border-radius: .4rem; border: 1px solid #1f6feb; background: #1f6feb; color: #fff; cursor: pointer; }
  button.quiet { background: none; color: inherit; border-color: #8888; }
  label { display: block; margin: .5rem 0; }
  input:not([type=radio]) { font: inherit; padding: .3rem .5rem; width: 100%; box-sizing: border-box; }
  .note { border-left: 3px solid #d29922; padding-left: 1rem; }
</style>
</head>
<body>${body}
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    "&": "&amp;",
    "<": "&lt;",
    ">": "&gt;",
    '"': "&quot;",
    "'": "&#39;",
  };
  return text.replaceAll(/[&<>"']/g, (character) => entities[character] ?? character);
}
