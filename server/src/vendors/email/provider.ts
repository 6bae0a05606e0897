import { hash } from "node:crypto";
import { type HealthResult, type Provider, VendorRefused } from "../../domains/integration/index.ts";
import { checkHealth } from "../shared/check-health.ts";
import { renderEmail } from "./render.ts";
import { type Config, type Credentials, config, credentials } from "./settings.ts";
import { withSmtp } from "./smtp.ts";

/** Mail by SMTP. */
export const email: Provider<Config, Credentials> = {
  type: "email",
  title: "E-mail",
  help: "Sends mail through an SMTP server. Ask your mail provider for server, port, user and (app) password. A server in your own network has to be named in CULPRIT_HTTP_ALLOW_PRIVATE. Buttons are links to a page that asks once more.",
  config,
  credentials,
  outgoing: {
    // The Message-ID is the same on every try, but servers may deliver the same one twice.
    repeat: "atMostOnce",
    rate: { perSecond: 1, burst: 10 },
    recipient: ({ to }) => to.slice(0, 3).join(", ") + (to.length > 3 ? ` and ${to.length - 3} more` : ""),
    render: (message) => renderEmail(message),
    async send(rendered, connection, key, signal) {
      const { from, to } = connection.config;
      const { subject, text, html } = rendered as Readonly<Record<"subject" | "text" | "html", string>>;
      const messageId = `<${hash("sha256", key).slice(0, 40)}@${from.split("@")[1] ?? "culprit"}>`;
      // So that no absence note answers, and mailing lists know what it is (RFC 3834).
      const headers = { "auto-submitted": "auto-generated" };
      const info = await withSmtp(connection, signal, (transport) =>
        transport.sendMail({ from, to, subject, text, html, messageId, headers }),
      );
      const { accepted = [], rejected = [] } = info as { accepted?: unknown[]; rejected?: unknown[] };
      return { externalRef: messageId, response: { accepted: accepted.length, rejected: rejected.map(String) } };
    },
  },
  check: (connection, signal) =>
    checkHealth("Check server, port, user and password.", async (): Promise<HealthResult> => {
      const isReady = await withSmtp(connection, signal, (transport) => transport.verify());
      if (isReady !== true) throw new VendorRefused("The server did not say that it is ready.", { status: 503 });
      return { status: "healthy", reason: "The server is ready to take mail." };
    }),
};
