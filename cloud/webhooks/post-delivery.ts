import { lookup } from "node:dns/promises";
import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";
import { isIP, type LookupFunction } from "node:net";
import { WEBHOOK_MS } from "../limits";
import { hostOf, isPublic } from "./target";

/** What a receiver answered, by status alone; or a word of ours on why nothing came. */
export type Answer = { status: number } | { problem: string };

export interface Address {
  address: string;
  family: number;
}

export interface PostOptions {
  /** Whether addresses inside private networks are allowed. */
  privateAllowed: boolean;
  /** How names become addresses; default: as the machine resolves them. */
  resolve?: (host: string) => Promise<Address[]>;
}

/**
 * One HTTP request. The name is resolved once, its addresses are looked at, and the connection goes to the first of
 * them: a name that answers otherwise a moment later leads nowhere else. Redirects are not followed, and of the answer
 * nothing but its head is read. It never throws for what networks and receivers do.
 */
export async function postDelivery(target: URL, headers: Record<string, string>, body: string, options: PostOptions): Promise<Answer> {
  const signal = AbortSignal.timeout(WEBHOOK_MS);
  try {
    const addresses = await withinTime(addressesOf(hostOf(target), options), signal);
    if (addresses.length === 0) return { problem: "no address" };
    // One that is not a stranger's makes the whole name suspect.
    if (!options.privateAllowed && !addresses.every(({ address }) => isPublic(address))) return { problem: "private address" };
    return await exchange(target, addresses[0], headers, body, signal);
  } catch (error) {
    return { problem: signal.aborted ? "timed out" : codeOf(error) };
  }
}

async function addressesOf(host: string, { resolve = resolveAll }: PostOptions): Promise<Address[]> {
  return isIP(host) === 0 ? resolve(host) : [{ address: host, family: isIP(host) }];
}

function resolveAll(host: string): Promise<Address[]> {
  return lookup(host, { all: true });
}

/** The resolver cannot be interrupted, but need not be waited for. */
function withinTime<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(new Error("timed out")), { once: true });
    work.then(resolve, reject);
  });
}

function exchange(target: URL, { address, family }: Address, headers: Record<string, string>, body: string, signal: AbortSignal): Promise<Answer> {
  const lookup: LookupFunction = (_host, { all }, callback) => (all === true ? callback(null, [{ address, family }]) : callback(null, address, family));
  const send = target.protocol === "https:" ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const request = send(target, { method: "POST", headers: { ...headers, "content-length": Buffer.byteLength(body) }, lookup, agent: false, signal }, (response) => {
      response.on("error", () => undefined); // it is cut off on purpose
      resolve({ status: response.statusCode ?? 0 });
      request.destroy();
    });
    request.on("error", reject);
    request.end(body);
  });
}

/** Without the address, which may hold a secret. */
function codeOf(error: unknown): string {
  const { code, name } = error as NodeJS.ErrnoException;
  return (code ?? name).toLowerCase();
}
