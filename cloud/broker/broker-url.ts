import { isIP } from "node:net";

/** A broker that others run. */
export interface BrokerLocation {
  host: string;
  port: number;
  tls: boolean;
  username: string | undefined;
  /** A secret. */
  password: string | undefined;
}

/**
 * @param text `mqtt://user:password@host:port`, or `mqtts:` with TLS; without a port 1883 or 8883.
 * @returns undefined where it is none of these.
 */
export function parseBrokerUrl(text: string): BrokerLocation | undefined {
  if (!/^mqtts?:\/\/./.test(text) || !URL.canParse(text)) return undefined;
  const { protocol, hostname, port, username, password, pathname, search, hash } = new URL(text);
  if (hostname === "" || (pathname !== "" && pathname !== "/") || search + hash !== "") return undefined;
  const tls = protocol === "mqtts:";
  try {
    return {
      host: hostname.replace(/^\[(.*)\]$/, "$1"),
      port: port === "" ? (tls ? 8_883 : 1_883) : Number(port),
      tls,
      username: username === "" ? undefined : decodeURIComponent(username),
      password: password === "" ? undefined : decodeURIComponent(password),
    };
  } catch {
    return undefined; // a % that stands for nothing
  }
}

export function isBrokerUrl(text: string): boolean {
  return parseBrokerUrl(text) !== undefined;
}

/** Whether only this machine reaches it by that name. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || (isIP(host) === 4 && host.startsWith("127."));
}
