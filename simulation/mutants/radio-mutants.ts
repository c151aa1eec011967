import type { Mutant } from "./mutant";

/** Bugs of what phones say to a door. */
const UNLOCKS: readonly Mutant[] = [
  {
    name: "challenge good for two responses",
    breaks: "a response that was good is good again (I9)",
    file: "firmware/radio/phone-desk.ts",
    find: "    peer.challenge = undefined;\n    peer.result = unansweredResult();",
    replace: "    peer.result = unansweredResult();",
  },
  {
    name: "challenge without an end",
    breaks: "whoever holds a connection open may answer whenever it suits them (I9)",
    file: "firmware/radio/phone-desk.ts",
    find: "return challenge !== undefined && this.#parts.now() - challenge.at <= CHALLENGE_MS ? challenge : undefined;",
    replace: "return challenge;",
  },
  {
    name: "challenge for all",
    breaks: "every challenge is the same: what was recorded once opens for ever (I9)",
    file: "firmware/radio/phone-desk.ts",
    find: "encodeChallenge({ nonce: randomBytes(NONCE_BYTES), listVersion: listVersion(), wallTime: wallTime() ?? 0, offline: !online() })",
    replace: "encodeChallenge({ nonce: randomBytes(NONCE_BYTES).fill(0), listVersion: 0, wallTime: 0, offline: !online() })",
  },
  {
    name: "challenge new for each part",
    breaks: "a long read is pieced together from several challenges: phones that read in small parts are not understood (I6, I10)",
    file: "firmware/radio/phone-desk.ts",
    find: "    peer.challenge = this.#fresh(peer) ?? {",
    replace: "    peer.challenge = {",
  },
  {
    name: "response's MAC not checked",
    breaks: "whoever has a handle, which anybody hears, is its holder (I9)",
    file: "protocol/door-proof.ts",
    find: `if (!equalBytes(expected, mac)) throw new ProtocolError("bad-mac", "response");`,
    replace: `if (expected.length !== mac.length) throw new ProtocolError("bad-mac", "response");`,
  },
  {
    name: "response's MAC without the challenge",
    breaks: "a recorded response is good for every challenge (I9)",
    file: "protocol/phone-unlock.ts",
    find: `return concat(ascii("A"), doorId, challenge, responseHead);`,
    replace: `return concat(ascii("A"), doorId, challenge.subarray(0, 1), responseHead);`,
  },
  {
    name: "response's MAC over half of it",
    breaks: "what is wished for can be changed on the air (I9)",
    file: "protocol/phone-unlock.ts",
    find: `return concat(ascii("A"), doorId, challenge, responseHead);`,
    replace: `return concat(ascii("A"), doorId, challenge, responseHead.subarray(0, 17));`,
  },
  {
    name: "handle's kind ignored",
    breaks: "a fob's handle is read as a phone's: fobs open nothing any more (I6)",
    file: "protocol/handle.ts",
    find: "return { kind, credentialId: block.slice(0, ID_BYTES) };",
    replace: "return { kind: CredentialKind.phone, credentialId: block.slice(0, ID_BYTES) };",
  },
  {
    name: "silent phones stay",
    breaks: "whoever connects and says nothing keeps the place of others for as long as they like (I10)",
    file: "firmware/radio/gatt-service.ts",
    find: "const left = Math.min(peer.seenAt + RADIO_IDLE_MS, peer.connectedAt + RADIO_SESSION_MS) - now();",
    replace: "const left = peer.seenAt + 1_000 * RADIO_SESSION_MS - now();",
  },
  {
    name: "stirring phones stay",
    breaks: "whoever asks something now and then is connected for ever (I10)",
    file: "firmware/radio/gatt-service.ts",
    find: "const left = Math.min(peer.seenAt + RADIO_IDLE_MS, peer.connectedAt + RADIO_SESSION_MS) - now();",
    replace: "const left = peer.seenAt + RADIO_IDLE_MS - now();",
  },
  {
    name: "radio charges the keypad",
    breaks: "strangers' phones lock out those who have a PIN (I10)",
    file: "firmware/admission/admission.ts",
    find: "const typed = kind === CredentialKind.pin || kind === CredentialKind.unitPin || kind === CredentialKind.pin2;\n    if (typed && !throttle",
    replace: "const typed = kind !== CredentialKind.card;\n    if (typed && !throttle",
  },
];

/** Bugs of what phones carry. */
const COURIERS: readonly Mutant[] = [
  {
    name: "item's seal not checked",
    breaks: "what a courier has changed reaches those who look at what is within (I9)",
    file: "protocol/synthetic-seal.ts",
    find: `if (!equalBytes(expected.subarray(0, SEAL_BYTES), iv)) throw new ProtocolError("bad-mac", "sealed bytes");`,
    replace: `if (expected.length < iv.length) throw new ProtocolError("bad-mac", "sealed bytes");`,
  },
  {
    name: "item's header not the one offered",
    breaks: "another item is taken than the door has asked for (I9)",
    file: "protocol/courier-item.ts",
    find: " || !equalBytes(encodeCourierHeader(header), item.subarray(0, COURIER_HEADER_BYTES))",
    replace: "",
  },
  {
    name: "items of one door for all",
    breaks: "the seal is the same at every door: another door's items are opened (I9)",
    file: "protocol/courier-item.ts",
    find: `return { mac: hashes.hmacSha256(courierKey, ascii("latchkey/1/courier/mac")), seal: hashes.hmacSha256(courierKey, ascii("latchkey/1/courier/seal")) };`,
    replace: `return { mac: hashes.hmacSha256(courierKey.subarray(0, 0), ascii("latchkey/1/courier/mac")), seal: hashes.hmacSha256(courierKey.subarray(0, 0), ascii("latchkey/1/courier/seal")) };`,
  },
  {
    name: "forgeries without end",
    breaks: "whoever brings forgeries is heard on, a signature after the other (I10)",
    file: "firmware/radio/courier-desk.ts",
    find: "if (visit.forgeries >= COURIER_FORGERIES_MAX) peer.end();",
    replace: "",
  },
  {
    name: "courier unproved",
    breaks: "anybody in the street is taken for a courier (I9)",
    file: "firmware/radio/courier-desk.ts",
    find: `if (peer.holder === undefined) throw new ProtocolError("unknown-nonce", "courier");`,
    replace: "",
  },
  {
    name: "room of a broken item kept",
    breaks: "a courier that leaves in the middle of an item takes the room for all others' with it (I10, I6)",
    file: "firmware/radio/courier-desk.ts",
    find: `    if (visit.checking !== "runs") this.#drop(peer, visit);\n  }\n\n  #visitOf`,
    replace: `    this.#turn.release(peer);\n  }\n\n  #visitOf`,
  },
  {
    name: "turn of a courier kept",
    breaks: "a courier that leaves in the middle of an item keeps its turn (I10)",
    file: "firmware/radio/courier-turn.ts",
    find: "if (this.#holder === peer) this.#holder = undefined;\n    const place",
    replace: "const place",
    also: [{ find: "if (this.#holder !== undefined && this.#isSlow && this.#onSlow(this.#holder)) this.#holder = undefined;", replace: "" }],
  },
  {
    name: "courier's lease not remembered",
    breaks: "the cloud forgets the lease that a phone carries when it says how long somebody may still open (X1)",
    file: "simulation/cloud/cloud-door.ts",
    find: "this.#carriedLease = { payload: this.#signLease(now),",
    replace: "this.#carriedLease = { payload: this.#signLease(now, false),",
    also: [
      { find: "#signLease(now: number): Uint8Array {", replace: "#signLease(now: number, remembered = true): Uint8Array {" },
      { find: "known.ends[holder] = Math.max(known.ends[holder], notAfterOf(lease, holder));", replace: "if (remembered) known.ends[holder] = Math.max(known.ends[holder], notAfterOf(lease, holder));" },
    ],
  },
  {
    name: "receipt by phone not taken",
    breaks: "what a phone brings of a door changes nothing in the cloud: a door without a network is never heard (I10)",
    file: "simulation/cloud/sim-cloud.ts",
    find: `if (what === "receipt") this.#receiveReceipt(door, books, payload);\n        else if (what === "events") books.receiveEvents(payload);`,
    replace: `if (what === "events") books.receiveEvents(payload);`,
  },
  {
    name: "events by phone marked as sent",
    breaks: "what a phone has taken along is given up before the cloud acknowledges it (I4, I8)",
    file: "firmware/radio/courier-collection.ts",
    find: "    this.#event = (this.#event ?? log.first) + upload.records.length;",
    replace: "    this.#event = (this.#event ?? log.first) + upload.records.length;\n    (log as unknown as { acknowledge(sequence: number): boolean }).acknowledge(this.#event);",
  },
];

export const RADIO_MUTANTS: readonly Mutant[] = [...UNLOCKS, ...COURIERS];
