import { toBase64url } from "./base64url";
import { BadAnswer, readBundle, readIssuedKeys, readRefusal, readUploadAnswer, type IssuedKeys, type UploadAnswer } from "./cloud-answers";
import { readAssignment, type CarriedAssignment } from "./fob-answers";
import { ANSWER_CHARACTERS_MAX, REQUEST_MS } from "./limits";
import { within, type PhoneClock } from "./phone-clock";
import type { Bundle } from "./phone-store";

/**
 * What a phone needs of `fetch`, with paths below the cloud's address; whoever injects it sees to the session (a
 * browser's cookie, a native shell's token).
 */
export type PhoneFetch = (
  path: string,
  init: { method: string; headers: Record<string, string>; body?: string; signal: AbortSignal },
) => Promise<{ status: number; headers: { get(name: string): string | null }; text(): Promise<string> }>;

/** `offline`: no answer came. `signed-out`: the session is over. `busy`: later. `refused`: this never. `trouble`: the cloud's own. */
export type CloudFailure = "offline" | "signed-out" | "busy" | "refused" | "trouble";
export type CloudAnswer<T> = { ok: true; value: T } | { ok: false; why: CloudFailure; /** Of `refused`: the cloud's own word. */ code?: string };

/** How long and until when a request is waited for. */
export interface RequestBounds {
  milliseconds?: number | undefined;
  signal?: AbortSignal | undefined;
}

/** The cloud as a phone knows it (SPEC 22). Failures are values. */
export class PhoneCloud {
  readonly #fetch: PhoneFetch;
  readonly #clock: PhoneClock;

  constructor(fetch: PhoneFetch, clock: PhoneClock) {
    this.#fetch = fetch;
    this.#clock = clock;
  }

  /**
   * @param publicKey of the device key, 65 bytes.
   * @param property only its doors.
   */
  issueKeys(publicKey: Uint8Array, property?: string, bounds?: RequestBounds): Promise<CloudAnswer<IssuedKeys>> {
    return this.#ask("POST", "/api/phone/keys", { body: JSON.stringify({ publicKey: toBase64url(publicKey), property }), bounds, read: ({ json }) => readIssuedKeys(json()) });
  }

  /** @returns undefined: as it was at `etag`. `inPart`: doors for which a whole list had no room. */
  bundle(property: string, etag: string | undefined, bounds?: RequestBounds): Promise<CloudAnswer<{ bundle: Bundle; inPart: string[] } | undefined>> {
    const read = ({ status, json, etag: now }: Received): { bundle: Bundle; inPart: string[] } | undefined => {
      if (status === 304) return undefined;
      const { doors, inPart } = readBundle(json(), property);
      return { bundle: { property, doors, etag: now }, inPart };
    };
    return this.#ask("GET", `/api/courier/bundle?property=${encodeURIComponent(property)}`, { headers: etag === undefined ? {} : { "if-none-match": etag }, bounds, read });
  }

  /** All that one door lacks. */
  doorBundle(property: string, door: string, bounds?: RequestBounds): Promise<CloudAnswer<Bundle["doors"][number]>> {
    const read = ({ json }: Received): Bundle["doors"][number] => {
      const [entry] = readBundle(json(), property).doors;
      if (entry?.door !== door) throw new BadAnswer("of another door");
      return entry;
    };
    return this.#ask("GET", `/api/courier/bundle?property=${encodeURIComponent(property)}&door=${door}`, { bounds, read });
  }

  /** @param items sealed, of this door. Bringing one twice changes nothing. */
  upload(door: string, items: readonly Uint8Array[], bounds?: RequestBounds): Promise<CloudAnswer<UploadAnswer>> {
    return this.#ask("POST", `/api/courier/doors/${door}`, { body: JSON.stringify({ items: items.map(toBase64url) }), bounds, read: ({ json }) => readUploadAnswer(json()) });
  }

  /** The newest assignment of a fob. */
  fobAssignment(fob: string, bounds?: RequestBounds): Promise<CloudAnswer<CarriedAssignment>> {
    return this.#ask("POST", `/api/fobs/${fob}/assignment`, { body: "{}", bounds, read: ({ json }) => readAssignment(json()) });
  }

  /** What a fob says of itself. Bringing it twice changes nothing. */
  fobReport(fob: string, report: Uint8Array, bounds?: RequestBounds): Promise<CloudAnswer<undefined>> {
    return this.#ask("POST", `/api/fobs/${fob}/reports`, { body: JSON.stringify({ report: toBase64url(report) }), bounds, read: () => undefined });
  }

  async #ask<T>(method: string, path: string, { headers = {}, body, bounds, read }: Asked<T>): Promise<CloudAnswer<T>> {
    const abort = new AbortController();
    const request = { method, headers: { ...headers, ...(body !== undefined && { "content-type": "application/json" }) }, ...(body !== undefined && { body }), signal: abort.signal };
    let received: Received;
    try {
      received = await within(this.#clock, bounds?.milliseconds ?? REQUEST_MS, this.#exchange(path, request), bounds?.signal);
    } catch {
      abort.abort(); // whatever went wrong on the way: nothing is known, and each request may be made again
      return { ok: false, why: "offline" };
    }
    const why = failureOf(received.status);
    if (why === "refused") return { ok: false, why, code: readRefusal(received.json) };
    if (why !== undefined) return { ok: false, why };
    try {
      return { ok: true, value: read(received) };
    } catch (error) {
      if (error instanceof BadAnswer || error instanceof SyntaxError) return { ok: false, why: "trouble" };
      throw error;
    }
  }

  async #exchange(path: string, request: Parameters<PhoneFetch>[1]): Promise<Received> {
    const response = await this.#fetch(path, request);
    const text = await response.text();
    if (text.length > ANSWER_CHARACTERS_MAX) throw new Error("too long an answer");
    return { status: response.status, etag: response.headers.get("etag") ?? undefined, json: () => JSON.parse(text) as unknown };
  }
}

interface Received {
  status: number;
  etag: string | undefined;
  json: () => unknown;
}

interface Asked<T> {
  headers?: Record<string, string>;
  body?: string;
  bounds?: RequestBounds | undefined;
  read: (received: Received) => T;
}

function failureOf(status: number): CloudFailure | undefined {
  if ((status >= 200 && status < 300) || status === 304) return undefined;
  if (status === 401) return "signed-out";
  if (status === 429 || status === 503) return "busy";
  return status < 500 ? "refused" : "trouble";
}
