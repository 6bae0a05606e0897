import { lookup as systemLookup } from "node:dns/promises";
import { isIP } from "node:net";
import type { buildConnector } from "undici";
import type { AddressRule } from "./address-rule.ts";
import { HttpNotSent } from "./http-client.ts";

/** All addresses of a host name. */
export type Lookup = (host: string) => Promise<readonly string[]>;

export const lookupAll: Lookup = async (host) =>
  (await systemLookup(host, { all: true, verbatim: true })).map(({ address }) => address);

/**
 * The addresses behind a host: looked up once, and each of them checked, because a name may stand for a good and a bad one.
 * @throws HttpNotSent when there is none, or one is forbidden.
 */
export async function checkedAddresses(host: string, rule: AddressRule, lookup: Lookup): Promise<readonly string[]> {
  const bare = host.replace(/^\[|\]$/g, "");
  const addresses = isIP(bare) === 0 ? await lookUp(bare, lookup) : [bare];
  const bad = addresses.find((address) => !rule(address, bare));
  if (bad === undefined) return addresses;
  const what = bad === bare ? "It" : `It leads to ${bad}, which`;
  throw new HttpNotSent(
    `${host} may not be called. ${what} is no public address; if it is meant, name it in CULPRIT_HTTP_ALLOW_PRIVATE.`,
    { isForbidden: true },
  );
}

async function lookUp(host: string, lookup: Lookup): Promise<readonly string[]> {
  const found = await lookup(host).catch((cause: unknown) => {
    throw new HttpNotSent(`${host} can't be found (${codeOf(cause)}). Check the name and the network.`, { cause });
  });
  if (found.length === 0) throw new HttpNotSent(`${host} has no address.`);
  return found;
}

/**
 * Connects by `connect` to exactly the given addresses, one after the other until one answers; the name serves for TLS and the Host
 * header only. `onConnected` is called once a request may be written.
 */
export function pinnedConnector(
  connect: buildConnector.connector,
  addresses: readonly string[],
  onConnected: () => void,
): buildConnector.connector {
  return (options, callback) => {
    const host = options.hostname.replace(/^\[|\]$/g, "");
    const servername = options.servername ?? (isIP(host) === 0 ? host : "");
    const attempt = (index: number): void => {
      connect({ ...options, hostname: addresses[index] ?? "", servername }, (error, socket) => {
        if (error === null) {
          onConnected();
          callback(null, socket);
        } else if (index + 1 < addresses.length) attempt(index + 1);
        else callback(error, null);
      });
    };
    attempt(0);
  };
}

/** What happened, in a word: ECONNREFUSED, CERT_HAS_EXPIRED. Messages of libraries may hold the whole URL. */
export function codeOf(cause: unknown): string {
  const { code, name } = (cause ?? {}) as { readonly code?: unknown; readonly name?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return typeof name === "string" ? name : "unknown reason";
}
