import { type HttpClient, HttpNotSent } from "./http-client.ts";

/** Why the rule of outgoing calls forbids the address of `url`; null where it does not, and for a host that can't be found now, which may be found later. */
export async function whyForbidden(http: HttpClient, url: string): Promise<string | null> {
  try {
    await http.addressesOf?.(new URL(url).hostname);
    return null;
  } catch (error) {
    if (!(error instanceof HttpNotSent)) throw error;
    return error.isForbidden ? error.message : null;
  }
}
