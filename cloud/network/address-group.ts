import { isIPv6 } from "node:net";

/**
 * What counts as one caller where callers are limited: an IPv4 address (also one that is written as IPv6, RFC 4291
 * §2.5.5.2), or the /64 of an IPv6 address, since whoever has one of its addresses has 2⁶⁴ of them.
 */
export function addressGroup(address: string): string {
  const mapped = /^::ffff:([0-9.]+)$/i.exec(address)?.[1];
  if (mapped !== undefined) return mapped;
  if (!isIPv6(address)) return address;
  const [head, tail] = address.split("%")[0].split("::");
  const groups = head.split(":").filter((group) => group !== "");
  const missing = tail === undefined ? 0 : 8 - groups.length - tail.split(":").filter((group) => group !== "").length;
  const whole = [...groups, ...Array<string>(missing).fill("0"), ...(tail ?? "").split(":")];
  return whole.slice(0, 4).map((group) => Number.parseInt(group, 16).toString(16)).join(":");
}
