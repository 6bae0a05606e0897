import { isIP } from "node:net";
import ipaddr from "ipaddr.js";
import { CulpritError } from "../errors/culprit-error.ts";

/** Whether an address may be called; `host` is the name it was found under. */
export type AddressRule = (address: string, host: string) => boolean;

/** Azure's metadata service, on an address that looks public. */
const publicMetadata = new Set(["168.63.129.16"]);
/** All of IPv6 that is given out (RFC 4291); outside of it lie ways around, such as ::7f00:1. */
const globalV6 = ipaddr.IPv6.parseCIDR("2000::/3");

/**
 * The rule of the setting `httpAllowPrivate`: what it names (host names, addresses, CIDR ranges) and the public internet,
 * nothing else: no loopback, link-local, private, shared (CGNAT), multicast or reserved address in any notation.
 * @throws CulpritError CONFIG_INVALID for an entry that is none of these.
 */
export function addressRule(setting: string): AddressRule {
  const entries = setting
    .split(",")
    .map((entry) => entry.trim().toLowerCase())
    .filter((entry) => entry !== "");
  const ranges = entries.filter((entry) => /^[\d.]+$|[:/]/.test(entry)).map(parseRange);
  const hosts = new Set(entries.filter((entry) => !/^[\d.]+$|[:/]/.test(entry)));
  return (address, host) => {
    const parsed = ipaddr.isValid(address) ? ipaddr.process(address) : null;
    if (parsed === null) return false;
    if (hosts.has(host.toLowerCase())) return true;
    return ranges.some((range) => isWithin(parsed, range)) || isPublic(parsed);
  };
}

type Address = ipaddr.IPv4 | ipaddr.IPv6;
type Range = readonly [Address, number];

function isPublic(address: Address): boolean {
  const range = address.range();
  if (address instanceof ipaddr.IPv4) return range === "unicast" && !publicMetadata.has(address.toString());
  // NAT64 (RFC 6052): the last four bytes are the IPv4 address that is really called.
  if (range === "rfc6052") return isPublic(new ipaddr.IPv4(address.toByteArray().slice(12)));
  return range === "unicast" && address.match(globalV6);
}

function isWithin(address: Address, [base, bits]: Range): boolean {
  if (address instanceof ipaddr.IPv4) return base instanceof ipaddr.IPv4 && address.match(base, bits);
  return base instanceof ipaddr.IPv6 && address.match(base, bits);
}

function parseRange(entry: string): Range {
  const [base = "", bits] = entry.split("/");
  // The library also reads 1.2.3 as an address, which nobody means here.
  if (isIP(base) !== 0 && (bits === undefined || ipaddr.isValidCIDR(entry))) {
    const address = ipaddr.parse(base);
    return [address, bits === undefined ? address.toByteArray().length * 8 : Number(bits)];
  }
  throw new CulpritError(
    "CONFIG_INVALID",
    `${JSON.stringify(entry)} in CULPRIT_HTTP_ALLOW_PRIVATE is no host name, address or range such as 10.0.0.0/8.`,
    { details: { field: "httpAllowPrivate", provided: entry } },
  );
}
