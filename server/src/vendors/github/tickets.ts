import type { Forge } from "../../domains/integration/forge-port.ts";
import type { Connection, Sent, Tickets } from "../../domains/integration/provider-port.ts";
import { CulpritError } from "../../platform/errors/culprit-error.ts";
import { authOf, type LoadApp } from "./auth-of.ts";
import { openGitHubForge } from "./forge.ts";
import type { GitHubConfig, GitHubCredentials } from "./settings.ts";

type Asked = Connection<GitHubConfig, GitHubCredentials>;

/** Issues of the integration's first repository as tickets. GitHub has no key against doubles: an issue is found by its marker. */
export function githubTickets(loadApp: LoadApp): Tickets<GitHubConfig, GitHubCredentials> {
  const forgeOf = async (connection: Asked, signal: AbortSignal, repository = connection.config.repositories[0]) => {
    if (repository === undefined) {
      throw new CulpritError("INVALID_REQUEST", "The GitHub integration names no repository to make issues in.", {
        details: { field: "repositories" },
      });
    }
    const access = await authOf(connection, loadApp);
    const { http, now } = connection;
    return openGitHubForge({ http, ...access, now, signal, repository });
  };
  return {
    repeat: "lookup",
    create: async (ticket, connection, key, signal) => {
      const forge = await forgeOf(connection, signal);
      const labels =
        ticket.priority > 0 ? [...ticket.labels, `priority: ${priorities[ticket.priority]}`] : ticket.labels;
      const { title, description: body, assignees } = ticket;
      return sent(forge, await forge.createIssue({ title, body, labels, assignees }, key));
    },
    find: async (key, connection, signal) => {
      const forge = await forgeOf(connection, signal);
      const found = await forge.findIssue(key);
      return found === null ? null : sent(forge, found);
    },
    comment: async (externalRef, markdown, connection, key, signal) => {
      const [repository, number] = externalRef.split("#");
      const forge = await forgeOf(connection, signal, repository);
      const { id, url } = await forge.postComment(Number(number), markdown, key);
      return { externalRef: id, response: { url } };
    },
  };
}

const priorities = ["none", "urgent", "high", "medium", "low"] as const;

/** What finds the issue again wherever it is named: `owner/name#7`. */
function sent(forge: Forge, issue: { readonly number: number; readonly url: string }): Sent {
  return { externalRef: `${forge.repository}#${issue.number}`, response: { number: issue.number, url: issue.url } };
}
