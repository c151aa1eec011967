/**
 * Why a request changed nothing: the codes of the API, each with its HTTP status and title. They are stable:
 * programs depend on them.
 */
export const PROBLEMS = {
  "invalid-request": [400, "The request is not valid"],
  "malformed-json": [400, "The body is not JSON"],
  unauthorized: [401, "Nobody has signed in"],
  forbidden: [403, "The proof is wrong"],
  "authenticate-again": [403, "Prove again who you are"],
  "cross-site": [403, "The request came from another site"],
  "not-allowed": [403, "You may not do this"],
  "forbidden-by-rules": [403, "The manager's rules do not allow this"],
  "unlock-denied": [403, "The door does not open to this"],
  "not-found": [404, "There is no such thing"],
  "unknown-door": [404, "This door is not registered"],
  "method-not-allowed": [405, "This address does not take this method"],
  "already-claimed": [409, "The door is claimed already"],
  "already-registered": [409, "The door is registered already"],
  "door-of-another-property": [409, "The door belongs to another property"],
  "door-full": [409, "The door can hold no more"],
  "member-of-household": [409, "The person lives here: go by the household"],
  "person-revoked": [409, "The person's access has been revoked"],
  "pin-gone": [409, "The PIN no longer exists"],
  "too-many-pins": [409, "The person has too many PINs and cards"],
  "card-taken": [409, "The card is somebody's already, or may still be"],
  "unit-needed": [409, "The person needs a unit number"],
  "door-has-pins": [409, "The door holds PINs already"],
  "not-claimed": [409, "The door is not claimed"],
  "too-many-tokens": [409, "There are too many tokens"],
  "identifier-taken": [409, "This belongs to another account"],
  "last-identifier": [409, "An account keeps one e-mail address or phone number"],
  "too-many-identifiers": [409, "The account has too many e-mail addresses and phone numbers"],
  "no-passkeys": [409, "There can be no passkeys at this address"],
  "too-many-passkeys": [409, "The account has too many passkeys"],
  "too-many-keysets": [409, "The site has had all its keysets"],
  "name-taken": [409, "There is one of this name already"],
  "in-use": [409, "Something still depends on it"],
  "too-many-managers": [409, "The property has too many managers"],
  "cap-reached": [409, "The manager's rules have no room for another"],
  "already-member": [409, "They have a place in this household already"],
  "household-ended": [409, "The household has ended"],
  "household-of-another-unit": [409, "The household lives in another unit"],
  "membership-ended": [409, "The place in the household has ended"],
  "not-pending": [409, "There is nothing pending any more"],
  "invitation-used": [409, "The invitation has been answered"],
  "door-offline": [409, "The door is not connected"],
  "door-busy": [409, "The door has too many such requests under way"],
  "unlock-under-way": [409, "This request is still under way"],
  "still-has-access": [409, "The person still has access"],
  "no-address": [409, "The account has no such address"],
  "too-many-rules": [409, "There are too many rules"],
  "too-many-webhooks": [409, "There are too many webhooks"],
  "webhook-paused": [409, "The webhook is paused"],
  "claim-forgotten": [410, "This claim is no longer known; begin anew"],
  "invitation-gone": [410, "The invitation is no longer there"],
  "changed-meanwhile": [412, "Somebody else has changed this meanwhile"],
  "too-large": [413, "The body is too large"],
  "unsupported-media-type": [415, "The body must be of another content type"],
  "wrong-code": [422, "The code is wrong, or no longer valid"],
  "bad-passkey": [422, "The passkey's answer is not valid"],
  "bad-identifier": [422, "This is no e-mail address or phone number"],
  "one-identifier": [422, "It takes one e-mail address, or one phone number, or a name alone"],
  oneself: [422, "That is yourself"],
  "doors-needed": [422, "Guests are let in at chosen doors"],
  "door-outside": [422, "The door is not among those that may be given"],
  "end-needed": [422, "It takes an end"],
  "windows-outside": [422, "The times are not within those that may be given"],
  "end-not-in-future": [422, "The end is not in the future"],
  "end-too-far": [422, "The end is too far away"],
  "end-before-start": [422, "The end comes before the start"],
  "windows-overlap": [422, "Two windows overlap"],
  "duress-needs-pin": [422, "A duress PIN needs a PIN to stand for"],
  "uses-with-duress": [422, "Limited uses and a duress PIN exclude each other"],
  "uses-need-one-door": [422, "Limited uses need exactly one door"],
  "no-text-messages": [422, "This site sends no text messages"],
  "idempotency-key-reused": [422, "This key was sent with another request"],
  "bad-webhook-address": [422, "Nothing is sent to this address"],
  "unknown-time-zone": [422, "There is no such time zone"],
  "too-many-requests": [429, "That was too often; try again later"],
  "version-needed": [428, "Say which version you are changing"],
  "too-many-streams": [429, "Too many live streams are open"],
  internal: [500, "Something went wrong here"],
  "storage-failed": [503, "The change could not be stored"],
  "unlock-timed-out": [504, "The door did not answer in time"],
} as const satisfies Record<string, readonly [status: number, title: string]>;

export type ProblemCode = keyof typeof PROBLEMS;

/** Thrown by commands: their transaction is rolled back, and the caller is told why. */
export class Refusal extends Error {
  readonly code: ProblemCode;
  /** Further members of the problem, e.g. which windows collide. */
  readonly members: Record<string, unknown>;

  constructor(code: ProblemCode, detail: string = PROBLEMS[code][1], members: Record<string, unknown> = {}) {
    super(detail);
    this.code = code;
    this.members = members;
  }
}
