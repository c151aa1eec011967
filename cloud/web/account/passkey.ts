import { ApiProblem } from "../api/api-problem";
import type { Schema } from "../api/client";
import type { paths } from "../api/schema";

/** What the browser answers, as the API takes it. */
export type Attestation = paths["/api/account/passkeys"]["post"]["requestBody"]["content"]["application/json"]["response"];
export type Assertion = Schema<"PasskeyAnswer">["response"];

// The API answers with what the library made at the other end; JSON leaves out what is undefined.
/** Loaded when the first passkey is wanted: most visits need none. */
const webauthn = () => import("@simplewebauthn/browser");

/** Whether this browser has passkeys, at this address: only where it is reached by a name and securely. */
export function hasPasskeys(): boolean {
  return "PublicKeyCredential" in globalThis && !/^[\d.]+$|^\[/.test(location.hostname);
}

/** Has the browser make a passkey. @returns undefined where the person has changed their mind. @throws {ApiProblem} `bad-passkey`. */
export function makePasskey(options: object): Promise<Attestation | undefined> {
  return asked(async () => (await webauthn()).startRegistration({ optionsJSON: options as never }) as Promise<unknown> as Promise<Attestation>);
}

/** Has the browser answer with a passkey. @returns undefined where the person has changed their mind. @throws {ApiProblem} `bad-passkey`. */
export function answerWithPasskey(options: object): Promise<Assertion | undefined> {
  return asked(async () => (await webauthn()).startAuthentication({ optionsJSON: options as never }) as Promise<unknown> as Promise<Assertion>);
}

async function asked<T>(ask: () => Promise<T>): Promise<T | undefined> {
  try {
    return await ask();
  } catch (error) {
    // Closed, timed out, or no passkey for this site: browsers do not say which (WebAuthn Level 3, §14.5.1).
    if (error instanceof Error && (error.name === "NotAllowedError" || error.name === "AbortError")) return undefined;
    throw new ApiProblem("bad-passkey", 0);
  }
}
