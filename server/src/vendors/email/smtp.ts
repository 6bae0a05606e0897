import { connect, type Socket } from "node:net";
import type { Transporter } from "nodemailer";
import { type Connection, VendorRefused } from "../../domains/integration/index.ts";
import { HttpNotSent, HttpUncertain } from "../../platform/http-client/http-client.ts";
import { withoutSecrets } from "../shared/call-vendor.ts";
import type { Config, Credentials } from "./settings.ts";

const CONNECT_MS = 10_000;

/** What nodemailer throws: the server's reply, where there was one. */
interface SmtpError {
  readonly message?: string;
  readonly code?: string;
  readonly responseCode?: number;
}

/**
 * Runs one exchange with the SMTP server, on a connection of its own to an address that was checked.
 * @throws HttpNotSent until DATA was said: the server has taken nothing on by then (RFC 5321, 4.1.1.4).
 * @throws VendorRefused for a reply that refuses; HttpUncertain where DATA was said and no reply came.
 */
export async function withSmtp<T>(
  { config, credentials, http }: Connection<Config, Credentials>,
  signal: AbortSignal,
  act: (transport: Transporter) => Promise<T>,
): Promise<T> {
  const { host, port, security } = config;
  // Loaded when the first mail is sent: most installations send none.
  const { createTransport } = await import("nodemailer");
  const [address = host] = (await http.addressesOf?.(host)) ?? [];
  const state = { isDataSaid: false };
  const socket = await connected(address, port, host, signal);
  const stop = () => socket.destroy();
  signal.addEventListener("abort", stop, { once: true });
  const transport = createTransport({
    host,
    port,
    secure: security === "tls",
    requireTLS: security === "starttls",
    ignoreTLS: security === "none",
    connection: socket,
    tls: { servername: host },
    ...(credentials.user === undefined ? {} : { auth: { user: credentials.user, pass: credentials.password ?? "" } }),
    greetingTimeout: CONNECT_MS,
    socketTimeout: CONNECT_MS,
    disableFileAccess: true,
    disableUrlAccess: true,
    debug: true,
    logger: watcher((line) => {
      if (line === "DATA") state.isDataSaid = true;
    }),
  });
  try {
    return await act(transport);
  } catch (error) {
    const secrets = [credentials.password ?? "", credentials.user ?? ""];
    throw classified(error as SmtpError, host, state.isDataSaid, (text) => withoutSecrets(text, secrets));
  } finally {
    signal.removeEventListener("abort", stop);
    transport.close();
    socket.destroy();
  }
}

function classified(error: SmtpError, host: string, isDataSaid: boolean, strike: (text: string) => string): Error {
  const words = strike((error.message ?? "unknown reason").split("\n")[0]?.slice(0, 300) ?? "");
  const { responseCode: reply } = error;
  if (error.code === "EAUTH") return new VendorRefused(`${host} did not let us in: ${words}`, { status: 401 });
  if (reply !== undefined && reply >= 400)
    // 4yz asks to come again, 5yz not to.
    return new VendorRefused(`${host} refused it: ${words}`, { status: reply < 500 ? 503 : 400 });
  return isDataSaid
    ? new HttpUncertain(`${host} broke off after the message was sent (${words}); it may have been delivered.`)
    : new HttpNotSent(`${host} took nothing on: ${words}`);
}

function connected(address: string, port: number, host: string, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: address, port });
    const fail = (why: string) => {
      socket.destroy();
      reject(new HttpNotSent(`${host} can't be reached (${why}).`));
    };
    if (signal.aborted) return fail("it was stopped");
    const stop = () => fail("it was stopped");
    signal.addEventListener("abort", stop, { once: true });
    socket.setTimeout(CONNECT_MS, () => fail("no connection in time"));
    socket.once("error", (error: NodeJS.ErrnoException) => fail(error.code ?? error.name));
    socket.once("connect", () => {
      signal.removeEventListener("abort", stop);
      socket.removeAllListeners("error").setTimeout(0);
      // Whoever takes it over listens for errors; until then one must not end the process.
      socket.on("error", () => undefined);
      resolve(socket);
    });
  });
}

/** A logger for nodemailer that sees what we say to the server, and writes nothing. */
function watcher(said: (line: string) => void) {
  const take = (entry: { readonly tnx?: string } | undefined, message?: unknown) => {
    if (entry?.tnx === "client") said(String(message).trim());
  };
  return { level: () => undefined, trace: take, debug: take, info: take, warn: take, error: take, fatal: take };
}
