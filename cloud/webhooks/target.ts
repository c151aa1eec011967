import { BlockList, isIP } from "node:net";
import { Refusal } from "../refusal";

/**
 * Where a webhook goes. A cloud stands inside networks that strangers cannot reach: unless a setting allows it, nothing
 * is sent to them, nor without TLS. What a name resolves to is looked at when something is sent.
 * @throws {Refusal} `bad-webhook-address`.
 */
export function parseTarget(text: string, privateAllowed: boolean): URL {
  const bad = (detail: string): Refusal => new Refusal("bad-webhook-address", detail);
  if (!URL.canParse(text)) throw bad("This is no URL.");
  const url = new URL(text);
  if (url.protocol !== "https:" && !(privateAllowed && url.protocol === "http:")) throw bad("It takes an https address.");
  if (url.username + url.password !== "") throw bad("An address must not hold a password: what is sent is signed.");
  const host = hostOf(url);
  if (!privateAllowed && (host === "localhost" || host.endsWith(".localhost") || (isIP(host) !== 0 && !isPublic(host)))) throw bad("This address is inside a private network; a setting of the site allows that.");
  url.hash = "";
  return url;
}

/** A name, or an address without the brackets that IPv6 has in a URL. */
export function hostOf({ hostname }: URL): string {
  return hostname.replace(/^\[(.*)\]$/, "$1");
}

/** Whether an IP address can be a stranger's: those of IANA's special-purpose registries (RFC 6890) cannot. */
export function isPublic(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !SPECIAL_IPV4.check(address, "ipv4");
  return family === 6 && GLOBAL_IPV6.check(address, "ipv6") && !SPECIAL_IPV6.check(address, "ipv6");
}

function listOf(family: "ipv4" | "ipv6", nets: readonly string[]): BlockList {
  const list = new BlockList();
  for (const net of nets) {
    const [address, prefix] = net.split("/");
    list.addSubnet(address, Number(prefix), family);
  }
  return list;
}

const SPECIAL_IPV4 = listOf("ipv4", [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10", // RFC 6598: carriers' own
  "127.0.0.0/8",
  "169.254.0.0/16", // link-local, and where hosters keep their machines' secrets
  "172.16.0.0/12",
  "192.0.0.0/24",
  "192.0.2.0/24",
  "192.88.99.0/24",
  "192.168.0.0/16",
  "198.18.0.0/15",
  "198.51.100.0/24",
  "203.0.113.0/24",
  "224.0.0.0/4",
  "240.0.0.0/4",
]);

/** All of unicast that is given out; mapped, translated (NAT64) and unique local addresses lie outside. */
const GLOBAL_IPV6 = listOf("ipv6", ["2000::/3"]);
const SPECIAL_IPV6 = listOf("ipv6", [
  "2001::/23", // IETF's own, Teredo among them: it holds an IPv4 address
  "2001:db8::/32",
  "2002::/16", // 6to4 holds one as well
  "3fff::/20",
]);
