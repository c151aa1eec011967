import test from "ava";
import { SimulatedDoorRadio } from "../hardware-sim/radio/simulated-door-radio";
import { VirtualRandom } from "../hardware-sim/virtual-random";
import { nodeBlockCipher } from "../hardware-sim/xs/host-block-cipher";
import { nodeHashes } from "../hardware-sim/xs/host-hashes";
import { MemoryPhoneStore } from "../phone/memory-phone-store";
import { explainCarry, explainNoVault, explainProgress, explainRefill, explainUnlock, type Language } from "../phone/explain";
import { ENGLISH } from "../phone/explain-english";
import { FRENCH } from "../phone/explain-french";
import { webCryptoVault } from "../phone/key-vault";
import { COLLECTED_ITEMS_MAX, HANDLES_FEW } from "../phone/limits";
import type { UnlockProgress } from "../phone/outcome";
import { Phone, type PhoneOptions } from "../phone/phone";
import type { PhoneClock } from "../phone/phone-clock";
import { StoreError, type PhoneRecords, type PhoneRoom, type PhoneStore } from "../phone/phone-store";
import { ascii, toHex } from "../protocol/bytes";
import { CourierKind } from "../protocol/courier-item";
import { CredentialKind } from "../protocol/credential";
import { REASONS } from "../protocol/decision";
import { doorRadioName } from "../protocol/gatt-names";
import type { Holder } from "../protocol/handle";
import { Eavesdropper } from "./support/eavesdropper";
import { House } from "./support/house";
import { RESIDENT } from "./support/mint";
import { PaperPhoneCloud } from "./support/paper-phone-cloud";
import { phoneClock, pump, TimedVault } from "./support/phone-pump";
import { PaperRadioDoor, paperRadio, type Mischief } from "./support/paper-radio-door";

const ADA = "aaaaaaaaaaaaaaaa";
const OTHER_KEY = "bbbbbbbbbbbbbbbb";
const vault = new TimedVault(webCryptoVault()!);

/** Time that a test moves; what is due then runs. */
class TestClock implements PhoneClock {
  #now = 0;
  #timers: { at: number; callback: () => void }[] = [];

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, callback: () => void): () => void {
    const timer = { at: this.#now + milliseconds, callback };
    this.#timers.push(timer);
    return () => void (this.#timers = this.#timers.filter((other) => other !== timer));
  }

  advance(milliseconds: number): void {
    this.#now += milliseconds;
    const due = this.#timers.filter(({ at }) => at <= this.#now);
    this.#timers = this.#timers.filter(({ at }) => at > this.#now);
    for (const { callback } of due) callback();
  }

  /** Lets time pass until the work is done. */
  async until<T>(work: Promise<T>, step = 500): Promise<T> {
    let done = false;
    const forget = (): void => void (done = true);
    work.then(forget, forget);
    while (!done) {
      await new Promise((resolve) => setImmediate(resolve));
      if (!done && vault.busy === 0) this.advance(step);
    }
    return work;
  }
}

/** One phone, two doors and a cloud by hand; the phone is online until it is taken off. */
class Scene {
  readonly clock = new TestClock();
  readonly cloud = new PaperPhoneCloud();
  readonly front = new PaperRadioDoor("front");
  readonly garage = new PaperRadioDoor("garage");
  readonly store: MemoryPhoneStore = new MemoryPhoneStore();
  readonly phone: Phone;
  online = true;

  constructor(more: Partial<PhoneOptions> = {}) {
    this.phone = new Phone({ radio: paperRadio([this.front, this.garage]), store: this.store, fetch: this.cloud.fetch, vault, clock: this.clock, online: () => this.online, ...more });
    this.front.rights.set(ADA, "granted");
    this.cloud.keys = [
      { door: this.front, holder: ADA, opens: true },
      { door: this.garage, holder: ADA, opens: false },
    ];
  }

  static async withKeys(more: Partial<PhoneOptions> = {}): Promise<Scene> {
    const scene = new Scene(more);
    await scene.phone.refill();
    return scene;
  }

  goOffline(): void {
    this.online = false;
    this.cloud.reachable = false;
  }

  goOnline(): void {
    this.online = true;
    this.cloud.reachable = true;
  }

  delta(door: PaperRadioDoor, version: number): void {
    this.cloud.bundle.set(door, { version, items: [door.seal({ kind: CourierKind.delta, number: 10, version }, ascii(`delta to ${version}`))] });
  }

  async handlesLeft(door = this.front): Promise<number> {
    return (await this.phone.doors()).find((listed) => listed.door === door.id)!.handles;
  }
}

test("S1: phone offline, door offline: three messages open it, and no key can be read", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front, cloud } = scene;
  scene.goOffline();
  const asked = cloud.asked.length;
  front.offline = false; // nothing to carry: these are the messages of the unlock alone
  t.deepEqual(await phone.unlock(front.id), { opened: true, seconds: 5, broughtNews: false });
  await phone.settled();
  t.deepEqual(front.heard.map(({ what, of, bytes }) => `${what} ${of} ${bytes.length}`), ["read challenge 26", "write response 42", "read result 19"]);
  t.is(cloud.asked.length, asked, "nobody was asked");
  t.is(front.open, 0, "the connection is closed");
  t.is(await scene.handlesLeft(), 63);

  const [record] = await scene.store.readAll("doors");
  for (const { key } of record.keys) {
    t.false(key.extractable);
    await t.throwsAsync(crypto.subtle.exportKey("raw", key), { any: true });
  }
  const device = (await scene.store.read("device", "device"))!;
  t.false(device.privateKey.extractable);
  t.deepEqual(phone.protection(), { unreadable: true, lasting: false });

  // A page that came over plain HTTP has no WebCrypto, and is told so.
  const platform = Object.getOwnPropertyDescriptor(globalThis, "crypto")!;
  Object.defineProperty(globalThis, "crypto", { value: {}, configurable: true });
  const none = webCryptoVault();
  Object.defineProperty(globalThis, "crypto", platform);
  t.is(none, undefined);
});

test("S1: a handle is gone before it is sent, is sent once, and at none left the phone goes online or says so", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front, cloud } = scene;
  scene.goOffline();
  front.offline = false;
  front.mischief = "silent";
  const tap = phone.unlock(front.id);
  t.is(phone.unlock(front.id), tap, "a second tap is the same tap");
  t.deepEqual(await scene.clock.until(tap), { opened: false, why: "connection-lost", broughtNews: false });
  t.is(await scene.handlesLeft(), 63, "it may have been sent");
  front.mischief = "none";
  for (let i = 0; i < 63; i++) t.true((await phone.unlock(front.id)).opened);
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "handles-used-up", broughtNews: false });
  t.is(new Set(front.proved.map(({ handle }) => handle)).size, 63);
  await phone.settled();
  scene.goOnline();
  t.true((await phone.unlock(front.id)).opened, "fetched on the way");
  t.is(new Set(front.proved.map(({ handle }) => handle)).size, 64);

  // When few are left, new ones come by themselves.
  const left = await scene.handlesLeft();
  for (let i = left; i > HANDLES_FEW; i--) await phone.unlock(front.id);
  await phone.settled();
  const asked = cloud.asked.filter((line) => line.endsWith("/keys")).length;
  scene.clock.advance(1);
  await phone.settled();
  t.is(cloud.asked.filter((line) => line.endsWith("/keys")).length, asked + 1);
  t.is(await scene.handlesLeft(), 64);
});

test("S1: a phone with two keys tries the other one, and says what is most telling", async (t) => {
  const scene = new Scene();
  const { phone, front, cloud } = scene;
  cloud.keys.push({ door: front, holder: OTHER_KEY, opens: true });
  await phone.refill();
  front.offline = false;
  front.rights.set(ADA, "expired");
  front.rights.set(OTHER_KEY, "granted");
  t.true((await phone.unlock(front.id)).opened);
  front.rights.delete(OTHER_KEY);
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "expired", broughtNews: false });
  front.rights.set(ADA, "second-credential-needed");
  const before = front.proved.length;
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "second-credential-needed", broughtNews: false });
  t.is(front.proved.length, before + 1, "X12: the keypad waits for a PIN now, and nothing is asked on top");
});

test("X2: a door that has not heard of the key gets the news and opens, in one tap", async (t) => {
  const scene = new Scene();
  const { phone, front } = scene;
  front.rights.delete(ADA);
  front.onNews = () => front.rights.set(ADA, "granted");
  scene.delta(front, 11);
  await phone.refill();
  scene.goOffline();
  const progress: UnlockProgress[] = [];
  const outcome = await phone.unlock(front.id, { onProgress: (step) => progress.push(step) });
  t.deepEqual(outcome, { opened: true, seconds: 5, broughtNews: true });
  t.deepEqual(progress, ["connecting", "asking", "bringing-news", "trying-again"]);
  await phone.settled();
  // It has seen by the challenge that it knows more than the door: the log holds no refusal.
  t.deepEqual(front.proved.map(({ wish }) => wish), ["carry", "unlock"]);
  t.regex(explainUnlock(outcome, "en").said, /had not heard of your key/);

  // A key that has opened before is tried first; refused, it brings the news and tries once more, and no more.
  front.rights.set(ADA, "unknown-credential");
  front.onNews = () => undefined;
  scene.goOnline();
  scene.delta(front, 12);
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "unknown-credential", broughtNews: true });
  t.deepEqual(front.proved.slice(2).map(({ wish }) => wish), ["unlock", "unlock"]);
  t.is(front.listVersion, 12, "fetched while the door waited, and handed over");
  await phone.settled();

  // Nothing newer: the door's word stands.
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "unknown-credential", broughtNews: false });
  t.is(front.proved.length, 5);
});

test("X2: a phone brings news to a door that it cannot open, and its receipts and events to the cloud", async (t) => {
  const scene = new Scene();
  const { phone, front, garage, cloud } = scene;
  scene.delta(garage, 11);
  await phone.refill();
  t.deepEqual(await phone.unlock(garage.id), { opened: false, why: "carries-only", broughtNews: false });
  scene.goOffline();
  garage.events = [ascii("somebody came"), ascii("somebody went")];
  const outcome = await phone.carry(garage.id);
  t.deepEqual(outcome, { carried: true, delivered: 1, refused: 0, collected: 3, uploaded: false });
  t.is(garage.listVersion, 11);
  t.deepEqual(garage.proved.map(({ wish }) => wish), ["carry"]);
  t.deepEqual((await phone.luggage()).up, [{ door: garage.id, items: 3 }]);
  t.regex(explainCarry(outcome, "en").said, /carrying news/);

  // A later receipt takes the place of the first, the same events are kept once.
  await phone.carry(garage.id);
  t.deepEqual((await phone.luggage()).up, [{ door: garage.id, items: 3 }]);

  // What the cloud cannot be told now is told later, and no sooner than it makes sense.
  await phone.settled();
  t.is(cloud.uploads.length, 0);
  scene.goOnline();
  cloud.reachable = false;
  scene.clock.advance(60_000);
  await phone.settled();
  cloud.reachable = true;
  scene.clock.advance(29_000);
  await phone.settled();
  t.is(cloud.uploads.length, 0, "it waits longer after each failure");
  scene.clock.advance(240_000);
  await phone.settled();
  t.deepEqual(cloud.uploads.map(({ door, items }) => [door, items.length]), [[garage.id, 3]]);
  t.deepEqual((await phone.luggage()).up, []);

  // After an unlock it goes by itself, in the background: the person has the answer by then.
  cloud.onUpload = (_door, items) => ({ accepted: items.length, refused: [], items: [front.seal({ kind: CourierKind.acknowledgement, number: 0, version: 2 }, ascii("acknowledged"))] });
  front.events = [ascii("a grant")];
  t.true((await phone.unlock(front.id)).opened);
  t.is(front.events.length, 1);
  await phone.settled();
  t.deepEqual(front.events, [], "X7: the cloud's acknowledgement went back at once, over the same connection");
  t.is(front.connections, 1);
  t.is(front.open, 0);
});

test("X2: a phone that is online brings an offline door the time that it asks for", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front, cloud } = scene;
  front.rights.set(ADA, "time-unknown");
  front.asksForTime = true;
  cloud.onUpload = (_door, items) => {
    const asks = items.some((item) => item[1] === CourierKind.need);
    if (asks) front.rights.set(ADA, "granted");
    return { accepted: items.length, refused: [], items: asks ? [front.seal({ kind: CourierKind.time, number: 0, version: 0 }, ascii("noon"))] : [] };
  };
  t.deepEqual(await phone.unlock(front.id), { opened: true, seconds: 5, broughtNews: true });
  await phone.settled();
  front.asksForTime = true;
  scene.goOffline();
  await phone.carry(front.id);
  t.deepEqual((await phone.luggage()).up, [{ door: front.id, items: 1 }], "a question for the time is not kept: its answer would come too late");
});

test("X2: a door whose cable was pulled just now, and that does not know it yet, hears what is newer than the phone's bag", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front } = scene;
  front.offline = false;
  scene.delta(front, 11);
  t.true((await phone.unlock(front.id)).opened);
  await phone.settled();
  t.is(front.listVersion, 11, "fetched after the answer, and handed over on the same connection");
  scene.delta(front, 12);
  scene.goOffline();
  t.true((await phone.unlock(front.id)).opened);
  await phone.settled();
  t.is(front.listVersion, 11, "what the phone cannot hear of it cannot bring");
  t.is(front.open, 0);
});

test("X2: what is carried has bounds, and nothing is lost by them", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, garage, cloud } = scene;
  scene.goOffline();
  for (let visit = 0; visit < 8; visit++) {
    garage.events = Array.from({ length: 12 }, (_, index) => ascii(`event ${visit} ${index}`));
    await phone.carry(garage.id);
  }
  t.is((await phone.luggage()).up[0].items, COLLECTED_ITEMS_MAX);
  t.is(garage.events.length, 12, "the door keeps what is not acknowledged");

  // Taken or refused, it is not brought again.
  scene.goOnline();
  cloud.onUpload = (_door, items) => ({ accepted: items.length - 1, refused: [{ index: 0, code: "old-counter" }], items: [] });
  await phone.refresh();
  t.deepEqual((await phone.luggage()).up, []);
  t.deepEqual(cloud.uploads.map(({ items }) => items.length), [16, 16, 16, 16]);

  // A bundle that has not changed is not sent again.
  scene.delta(garage, 11);
  await phone.refresh();
  t.deepEqual((await phone.luggage()).down.map(({ door, version }) => [door, version]), [[garage.id, 11]]);
  const { unchanged } = cloud;
  await phone.refresh();
  t.deepEqual((await phone.luggage()).down.length, 1);
  t.is(cloud.unchanged, unchanged + 1);

  // A whole list that had no room in the bundle is fetched for its door.
  cloud.inPart.add(garage);
  scene.delta(garage, 12);
  await phone.refresh();
  t.deepEqual((await phone.luggage()).down.map(({ version, items }) => [version, items]), [[12, 2]]);
  cloud.problem = { status: 404, code: "not-found" };
  await phone.refresh();
  t.deepEqual((await phone.luggage()).down, [], "of a property that one has left nothing is carried");
});

test("X2: a tap goes before what the phone still carries, on the same connection", async (t) => {
  const scene = new Scene();
  const { phone, front, cloud } = scene;
  await phone.refill();
  let answer: () => void = () => undefined;
  const held = new Promise<void>((resolve) => (answer = resolve));
  const slow = new Phone({
    radio: paperRadio([front]),
    store: scene.store,
    vault,
    clock: scene.clock,
    fetch: async (path, init) => {
      if (path.includes("/courier/doors/")) await held;
      return cloud.fetch(path, init);
    },
  });
  t.true((await slow.unlock(front.id)).opened);
  t.is(front.open, 1, "it is still busy with the cloud");
  t.true((await slow.unlock(front.id)).opened);
  t.is(front.connections, 1);
  answer();
  await slow.settled();
  t.is(front.open, 0);
});

test("X2: whoever keeps a door busy keeps out nobody who is in its list, and a tap goes before a visit to carry", async (t) => {
  const scene = new Scene();
  const { phone, front, clock } = scene;
  scene.delta(front, 11);
  await phone.refill();
  front.mischief = "keeps couriers waiting";
  // The phone's first tap there: it would bring its news first, and has it not taken.
  t.deepEqual(await clock.until(phone.unlock(front.id)), { opened: true, seconds: 5, broughtNews: false });
  t.true(clock.now() < 20_000, `${clock.now()}`);
  // Afterwards it stays for a while, in case the door finds time, and no longer.
  await clock.until(phone.settled());
  t.is(front.open, 0);
  t.true(clock.now() < 120_000, `${clock.now()}`);
  front.heard.length = 0;
  const visit = phone.carry(front.id);
  while (!front.heard.some(({ of }) => of === "courier")) await new Promise((resolve) => setImmediate(resolve));
  t.is(front.open, 1);
  const { connections } = front;
  t.true((await phone.unlock(front.id)).opened);
  t.deepEqual(await visit, { carried: true, delivered: 0, refused: 0, collected: 0, uploaded: true });
  t.is(front.connections, connections, "on the connection that was there");
  front.mischief = "none";
  await clock.until(phone.settled());
  t.is(front.open, 0);
});

test("phone: a door that was claimed again is known again in one tap, where the phone is online", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front, cloud } = scene;
  front.claimAnew();
  cloud.reachable = false;
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "not-recognised", broughtNews: false });
  cloud.reachable = true;
  t.deepEqual(await phone.unlock(front.id), { opened: true, seconds: 5, broughtNews: false });
});

test("phone: two tabs share handles and never send the same one", async (t) => {
  const scene = await Scene.withKeys();
  const { front, store, clock, cloud } = scene;
  const tabs = Array.from({ length: 3 }, () => new Phone({ radio: paperRadio([front]), store, vault, clock, fetch: cloud.fetch, online: () => false }));
  for (let tap = 0; tap < 20; tap++) t.true((await Promise.all(tabs.map((tab) => tab.unlock(front.id)))).every(({ opened }) => opened));
  t.is(front.proved.length, 60);
  t.is(new Set(front.proved.map(({ handle }) => handle)).size, 60);
});

test("phone: no bit of what a door says can be changed on its way and open, or be anything but a typed failure", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front, cloud } = scene;
  cloud.handles = 256;
  const seen = new Set<string>();
  for (const [of, length] of [["challenge", 26], ["result", 19]] as const) {
    for (let bit = 0; bit < 8 * length; bit++) {
      front.tamper = (what, bytes) => bytes.map((byte, at) => (what === of && at === bit >> 3 ? byte ^ (1 << (bit & 7)) : byte));
      if ((await scene.handlesLeft()) < 4) await phone.refill();
      const outcome = await phone.unlock(front.id);
      if (outcome.opened) t.fail(`${of} ${bit}`);
      else seen.add(outcome.why);
    }
  }
  t.deepEqual([...seen].sort(), ["forged", "not-recognised", "not-understood"]);
  // Shorter, longer, and whatever else.
  const random = new VirtualRandom("door");
  for (let round = 0; round < 200; round++) {
    front.tamper = (_of, bytes) => (random.chance(0.3) ? random.bytes(random.below(60)) : bytes.map((byte) => (random.chance(0.02) ? random.below(256) : byte)));
    if ((await scene.handlesLeft()) < 4) {
      front.tamper = (_of, bytes) => bytes;
      await phone.refill();
    }
    const { door } = { door: front };
    const before = door.proved.length;
    const outcome = await phone.unlock(front.id);
    if (outcome.opened) t.true(door.proved.length > before);
    await scene.clock.until(phone.settled(), 100);
    t.is(front.open, 0);
  }
});

test("phone: failures of radio, door and cloud have a word each", async (t) => {
  const expected: [Mischief, string][] = [
    ["no bluetooth", "no-bluetooth"],
    ["is not there", "out-of-reach"],
    ["silent", "connection-lost"],
    ["forges", "forged"],
    ["recognises nobody", "not-recognised"],
    ["talks nonsense", "not-understood"],
  ];
  const scene = await Scene.withKeys();
  const { phone, front, cloud } = scene;
  for (const [mischief, why] of expected) {
    front.mischief = mischief;
    t.deepEqual(await scene.clock.until(phone.unlock(front.id)), { opened: false, why, broughtNews: false } as never, mischief);
    t.is(front.open, 0, mischief);
    t.deepEqual(await scene.clock.until(phone.carry(front.id)), { carried: false, why } as never, mischief);
  }
  t.is(front.forgotten, 2, "whoever cannot prove to be the door is looked for anew");
  front.mischief = "none";
  const cancelled = new AbortController();
  const tap = phone.unlock(front.id, { signal: cancelled.signal });
  cancelled.abort();
  t.deepEqual(await tap, { opened: false, why: "cancelled", broughtNews: false });
  t.deepEqual(await phone.unlock("0000000000000000"), { opened: false, why: "no-key", broughtNews: false });

  // What answers the tap is not what happens on the way to bringing news.
  front.mischief = "leaves in mid-carrying";
  front.rights.delete(ADA);
  scene.delta(front, 11);
  await phone.refresh();
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "unknown-credential", broughtNews: false });
  front.mischief = "none";

  for (const [status, code, why] of [[401, "unauthorized", "signed-out"], [429, "too-many-requests", "busy"], [500, "internal", "trouble"], [422, "invalid-request", "refused"], [409, "too-many-phones", "too-many-phones"]] as const) {
    cloud.problem = { status, code };
    t.deepEqual(await phone.refill(), { refilled: false, why });
  }
  t.true((await phone.doors()).length > 0, "what is there stays good");
  cloud.problem = { status: 409, code: "phone-ended" };
  t.deepEqual(await phone.refill(), { refilled: false, why: "phone-ended" });
  t.deepEqual(await phone.doors(), [], "A1: a phone that was reported as lost forgets everything");
  cloud.problem = undefined;
  cloud.reachable = false;
  t.deepEqual(await phone.refill(), { refilled: false, why: "offline" });
});

test("phone: keys for another phone, and answers that are none, change nothing", async (t) => {
  const scene = await Scene.withKeys();
  const { front, cloud, store } = scene;
  const wrong = async (alter: (json: { ephemeralKey: string; properties: { doors: { door: string; entries: { key: string; handles: string[] }[] }[] }[] }) => unknown): Promise<unknown> => {
    const phone = new Phone({
      ...{ radio: paperRadio([front]), store, vault, clock: scene.clock },
      fetch: async (path, init) => {
        const answer = await cloud.fetch(path, init);
        const json = JSON.parse(await answer.text());
        const altered = alter(json) ?? json;
        return { ...answer, text: async () => (typeof altered === "string" ? altered : JSON.stringify(altered)) };
      },
    });
    return phone.refill();
  };
  const before = await scene.phone.doors();
  t.deepEqual(await wrong((json) => void (json.properties[0].doors[0].entries[0].key = Buffer.alloc(40, 7).toString("base64url"))), { refilled: false, why: "bad-keys" });
  t.deepEqual(await wrong((json) => void (json.ephemeralKey = Buffer.alloc(65, 4).toString("base64url"))), { refilled: false, why: "bad-keys" });
  for (const alter of [
    () => "<html>",
    () => ({}),
    () => [],
    (json: { properties: { doors: { door: string }[] }[] }) => void (json.properties[0].doors[0].door = "../../etc"),
    (json: { properties: { doors: { entries: { handles: string[] }[] }[] }[] }) => void (json.properties[0].doors[0].entries[0].handles[0] = "AAAA"),
    (json: { properties: { doors: { entries: { handles: unknown[] }[] }[] }[] }) => void (json.properties[0].doors[0].entries[0].handles[0] = 7),
    (json: { properties: { doors: { entries: { outputs: unknown }[] }[] }[] }) => void (json.properties[0].doors[0].entries[0].outputs = 1),
    (json: { properties: { name: unknown }[] }) => void (json.properties[0].name = "x".repeat(1_000)),
    (json: object) => void Object.assign(json, { left: -1 }),
  ]) {
    t.deepEqual(await wrong(alter as never), { refilled: false, why: "trouble" });
  }
  t.deepEqual(await scene.phone.doors(), before);
});

test("phone: where one answer has no room for all doors, the rest is asked for; what it brought along outlives the app", async (t) => {
  const scene = new Scene();
  const { phone, front, garage, cloud, store, clock } = scene;
  cloud.room = 1;
  t.deepEqual(await phone.refill(), { refilled: true, doors: 2 });
  t.is((await phone.doors()).length, 2);
  // A door that is no longer the person's, and its keys, are forgotten.
  scene.goOffline();
  garage.events = [ascii("somebody came")];
  t.like(await phone.carry(garage.id), { carried: true, uploaded: false });
  cloud.keys = cloud.keys.filter(({ door }) => door === front);
  scene.goOnline();
  const next = new Phone({ radio: paperRadio([front]), store, vault, clock, fetch: cloud.fetch });
  t.deepEqual(await next.refill(), { refilled: true, doors: 1 });
  t.deepEqual((await next.doors()).map(({ door }) => door), [front.id]);
  t.deepEqual(cloud.uploads.map(({ door, items }) => [door, items.map((item) => item[1])]), [[garage.id, [CourierKind.receipt, CourierKind.events]]]);
  t.true((await next.unlock(front.id)).opened);
});

test("phone: signing out ends what is under way and forgets all, also what was about to be written", async (t) => {
  const scene = await Scene.withKeys();
  const { phone, front, store } = scene;
  scene.delta(front, 11);
  await phone.refresh();
  front.mischief = "silent";
  const tap = phone.unlock(front.id);
  const refill = phone.refill();
  await phone.signOut();
  t.deepEqual(await tap, { opened: false, why: "cancelled", broughtNews: false });
  await refill;
  for (const room of ["device", "doors", "bundles", "collected"] as const) t.deepEqual(await store.readAll(room), [], room);
  scene.clock.advance(4_000_000);
  await phone.settled();
  t.deepEqual(await store.readAll("doors"), []);
  // And the next person starts afresh.
  front.mischief = "none";
  await phone.refill();
  t.true((await phone.unlock(front.id)).opened);
});

test("phone: a store that is full or blocked is said in words, and no handle is sent that is not marked as used", async (t) => {
  const store = new MemoryPhoneStore();
  let full = false;
  const failing: PhoneStore = {
    lasting: true,
    read: (room, key) => store.read(room, key),
    readAll: (room) => store.readAll(room),
    change: (room, key, decide) => (full ? Promise.reject(new StoreError("full")) : store.change(room, key, decide)),
    wipe: () => store.wipe(),
  };
  const scene = await Scene.withKeys({ store: failing });
  full = true;
  const { phone, front } = scene;
  t.deepEqual(await phone.unlock(front.id), { opened: false, why: "no-storage", broughtNews: false });
  t.deepEqual(front.heard, []);
  t.deepEqual(await phone.refill(), { refilled: false, why: "no-storage" });
  t.deepEqual(await phone.carry(front.id), { carried: false, why: "no-storage" });
});

test("phone: every outcome is explained in English and French, shortly and without jargon", (t) => {
  const jargon = /\b(MAC|GATT|BLE|nonce|handle|token|null|undefined|error|courier|credential|delta|lease|bundle)\b/i;
  const words: { said: string; advice?: string }[] = [];
  for (const language of ["en", "fr"] as Language[]) {
    const dictionary = language === "en" ? ENGLISH : FRENCH;
    const denials = REASONS.filter((reason) => reason !== "granted");
    for (const why of denials) t.truthy(dictionary.failures[why], why);
    words.push(...Object.values(dictionary.failures));
    words.push(explainUnlock({ opened: true, seconds: 5, broughtNews: false }, language), explainUnlock({ opened: true, seconds: 5, broughtNews: true }, language));
    words.push(explainRefill({ refilled: true, doors: 1 }, language), explainRefill({ refilled: true, doors: 3 }, language), explainRefill({ refilled: false, why: "offline" }, language), explainNoVault(language));
    for (const carried of [{ delivered: 0, collected: 0 }, { delivered: 1, collected: 0 }, { delivered: 1, collected: 2 }]) {
      for (const uploaded of [true, false]) words.push(explainCarry({ carried: true, refused: 0, uploaded, ...carried }, language));
    }
    words.push({ said: explainProgress("bringing-news", language) });
    const twice = explainUnlock({ opened: false, why: "expired", broughtNews: true }, language);
    t.true(twice.said.endsWith(dictionary.failures.expired.said) && twice.said.length > dictionary.failures.expired.said.length);
  }
  for (const { said, advice = "" } of words) {
    t.notRegex(`${said} ${advice}`, jargon);
    t.true(said.length >= 5 && said.length + advice.length < 200, said);
  }
  t.deepEqual(Object.keys(ENGLISH.failures).sort(), Object.keys(FRENCH.failures).sort());
  t.is(new Set(Object.values(ENGLISH.failures).map(({ said }) => said)).size, Object.keys(ENGLISH.failures).length, "each has words of its own");
});


/** What a phone that spares its owner's handles, or names itself, would do. */
class SparingStore extends MemoryPhoneStore {
  override async change<R extends PhoneRoom>(room: R, key: string, decide: (now: PhoneRecords[R] | undefined) => PhoneRecords[R] | undefined): Promise<PhoneRecords[R] | undefined> {
    const before = await this.read(room, key);
    const next = await super.change(room, key, decide);
    if (room === "doors" && before !== undefined) await super.change(room, key, () => before);
    return next;
  }
}

/**
 * Phones at one door with the real firmware and somebody who listens: each taps as often as is said, in any order, half of them with
 * radios that cut everything into 20 bytes.
 */
async function overheard(phones: number, taps: number, meansOf: (phone: number, random: VirtualRandom) => { store: PhoneStore; vault: TimedVault }): Promise<{ eavesdropper: Eavesdropper; opened: number }> {
  const random = new VirtualRandom("phones");
  const holder = (number: number): Holder => ({ kind: CredentialKind.phone, credentialId: random.bytes(8).fill(number, 7) });
  const holders = Array.from({ length: phones }, (_, number) => holder(number));
  const house = new House(nodeHashes, { blockCipher: nodeBlockCipher });
  house.cloud.issue(holders.map((who) => ({ holder: who, profile: RESIDENT })));
  house.clock.advance(30_000);
  const door = { id: house.cloud.door, radioName: doorRadioName(house.cloud.doorId), keys: house.cloud.keys };
  const means = Array.from({ length: phones }, (_, number) => meansOf(number, random));
  const finish = <T>(work: Promise<T>): Promise<T> => pump(house.clock, () => means.some(({ vault }) => vault.busy > 0), work);
  const eavesdropper = new Eavesdropper(house.air);
  const owners = holders.map((who, number) => {
    const cloud = new PaperPhoneCloud();
    cloud.keys = [{ door, holder: toHex(who.credentialId), opens: true }];
    const radio = new SimulatedDoorRadio(house.air.central({ place: { x: 1, y: number }, mtu: number % 2 === 0 ? 517 : 23 }));
    return new Phone({ radio, fetch: cloud.fetch, clock: phoneClock(house.clock), ...means[number] });
  });
  for (const owner of owners) await finish(owner.refill());
  const order = owners.flatMap((_, number) => Array.from({ length: taps }, () => number));
  let opened = 0;
  while (order.length > 0) {
    const [number] = order.splice(random.below(order.length), 1);
    eavesdropper.begin(number);
    opened += Number((await finish(owners[number].unlock(door.id))).opened);
    await finish(owners[number].settled());
    house.clock.advance(1_000);
    eavesdropper.end();
  }
  return { eavesdropper, opened };
}

/** Nonces of a seed: a test that fails fails again. */
function seeded(random: VirtualRandom, alter: (bytes: Uint8Array) => Uint8Array = (bytes) => bytes): TimedVault {
  return new TimedVault(vault, (length) => alter(random.bytes(length)));
}

test("phone: whoever listens to 1,000 unlocks by 10 phones finds nothing that tells one phone from another", async (t) => {
  const { eavesdropper, opened } = await overheard(10, 100, (_, random) => ({ store: new MemoryPhoneStore(), vault: seeded(random) }));
  t.is(opened, 1_000);
  t.is(eavesdropper.sessions.length, 1_000);
  t.deepEqual(eavesdropper.identifiers(4, 8), [], "nothing that a phone says of itself");
  t.deepEqual(eavesdropper.identifiers(12, 2), [], "nothing that it says twice");
});

test("phone: whoever listens does find a handle that comes again, and four bytes that a phone says of itself", async (t) => {
  const spared = await overheard(4, 6, (phone, random) => ({ store: phone === 2 ? new SparingStore() : new MemoryPhoneStore(), vault: seeded(random) }));
  for (const found of [spared.eavesdropper.identifiers(4, 6), spared.eavesdropper.identifiers(12, 2)]) {
    t.true(found.length >= 5 && found.every(({ phone, sessions }) => phone === 2 && sessions === 6));
  }
  const named = await overheard(4, 6, (phone, random) => ({ store: new MemoryPhoneStore(), vault: seeded(random, (bytes) => (phone === 1 ? bytes.fill(0x5a, 2, 6) : bytes)) }));
  t.deepEqual(named.eavesdropper.identifiers(4, 6), [{ run: "5a5a5a5a", phone: 1, sessions: 6 }]);
});
