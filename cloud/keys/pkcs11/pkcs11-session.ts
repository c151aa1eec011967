import { PKCS11, CKF_RW_SESSION, CKF_SERIAL_SESSION, CKU_USER, type Handle } from "pkcs11js";

/** What a library answers (PKCS #11 v2.40 §5), of what is told apart here. */
const CKR_PIN_INCORRECT = 0xa0;
const CKR_PIN_INVALID = 0xa1;
const CKR_PIN_LEN_RANGE = 0xa2;
const CKR_PIN_EXPIRED = 0xa3;
const CKR_PIN_LOCKED = 0xa4;
const CKR_USER_ALREADY_LOGGED_IN = 0x100;
const CKR_CRYPTOKI_ALREADY_INITIALIZED = 0x191;
const PIN_REFUSED = [CKR_PIN_INCORRECT, CKR_PIN_INVALID, CKR_PIN_LEN_RANGE, CKR_PIN_EXPIRED, CKR_PIN_LOCKED];

/** The token takes no such PIN. After a few more of them it locks itself: nothing is tried again by itself. */
export class PinRefused extends Error {}

/** A library is loaded once a process. */
const libraries = new Map<string, PKCS11>();

/** @throws Error in words where it does not load. */
export function loadLibrary(path: string): PKCS11 {
  const known = libraries.get(path);
  if (known !== undefined) return known;
  const library = new PKCS11();
  library.load(path);
  try {
    library.C_Initialize();
  } catch (error) {
    if (codeOf(error) !== CKR_CRYPTOKI_ALREADY_INITIALIZED) throw error;
  }
  libraries.set(path, library);
  return library;
}

/**
 * Begins anew with a library: some know of a token that has come back only then. Whatever was open in it ends.
 * @throws Error in words where it does not start.
 */
export function restartLibrary(library: PKCS11): void {
  library.C_Finalize();
  library.C_Initialize();
}

/**
 * A session with the token of this label, logged in.
 * @throws PinRefused; Error in words where there is no such token, or more than one.
 */
export function openSession(library: PKCS11, label: string, pin: string): Handle {
  const slots = library.C_GetSlotList(true).filter((slot) => library.C_GetTokenInfo(slot).label.trimEnd() === label);
  if (slots.length !== 1) throw new Error(slots.length === 0 ? `there is no token labelled "${label}"` : `${slots.length} tokens are labelled "${label}"`);
  const session = library.C_OpenSession(slots[0], CKF_SERIAL_SESSION | CKF_RW_SESSION);
  try {
    library.C_Login(session, CKU_USER, pin);
    return session;
  } catch (error) {
    const code = codeOf(error);
    if (code === CKR_USER_ALREADY_LOGGED_IN) return session;
    library.C_CloseSession(session);
    if (code !== undefined && PIN_REFUSED.includes(code)) throw new PinRefused(`the token "${label}" refuses the PIN (${(error as Error).message})`);
    throw error;
  }
}

function codeOf(error: unknown): number | undefined {
  const { code } = error as { code?: unknown };
  return typeof code === "number" ? code : undefined;
}
