import test from "ava";
import { nativeHashes } from "../cloud/keys/native-hashes";
import { lookUp, profileAt } from "../protocol/access-list";
import { CredentialKind, credentialTag } from "../protocol/credential";
import { phoneKey } from "../protocol/phone-key";
import { AskingPhone, bytesOfId, readHandles } from "./support/asking-phone";
import { CloudRig, type Json } from "./support/cloud-rig";
import { signInManager } from "./support/managers";
import { ProtocolDoor } from "./support/protocol-door";
import { addIdentifier, Client, signIn, siteClient } from "./support/sign-in";


/** Whether a door's own list has a phone's row, and what it says. */
function rowOf(door: ProtocolDoor, id: string) {
  const { list } = door;
  if (list === undefined) return undefined;
  const [row] = lookUp(list, credentialTag(nativeHashes, door.keys.tag, CredentialKind.phone, bytesOfId(id)), CredentialKind.phone);
  return row === undefined ? undefined : profileAt(list, row.profile);
}

/** A house of three doors that hear of everything: the flat has the front and the garage, the office is by itself. */
class PhoneHouse {
  readonly rig: CloudRig;
  property!: string;
  unit!: string;
  front!: ProtocolDoor;
  garage!: ProtocolDoor;
  office!: ProtocolDoor;
  manager!: Client;

  constructor(rig: CloudRig) {
    this.rig = rig;
  }

  get doors(): ProtocolDoor[] {
    return [this.front, this.garage, this.office];
  }

  static async of(rig: CloudRig): Promise<PhoneHouse> {
    const house = new PhoneHouse(rig);
    const site = siteClient(rig);
    house.property = (await site.post("/properties", { name: "Rue des Lilas 7" })).id;
    house.front = await ProtocolDoor.claimed(rig, house.property, "Front");
    house.garage = await ProtocolDoor.claimed(rig, house.property, "Garage");
    house.office = await ProtocolDoor.claimed(rig, house.property, "Office");
    for (const door of house.doors) await door.connect();
    house.unit = (await site.post(`/properties/${house.property}/units`, { name: "Flat 1", doors: [house.front.hex, house.garage.hex] })).id;
    house.manager = await signInManager(rig, house.property, "manager@example.org");
    return house;
  }

  /** Somebody with a lease that is theirs at once. */
  async tenant(who: string, phone: string, terms: object = {}): Promise<{ client: Client; person: string; household: string }> {
    const client = await signIn(this.rig, `${who}@example.org`, { name: who });
    await addIdentifier(client, phone);
    const { leases, household } = await this.manager.post("/leases", { unit: this.unit, leaseholders: [{ name: who, email: `${who}@example.org`, phone }], ...terms });
    return { client, person: leases[0].person, household };
  }

  /** Somebody who has accepted an app key. */
  async keyHolder(who: string, key: object, client?: Client): Promise<{ client: Client; key: string; person: string }> {
    const given = await this.manager.post("/keys", { property: this.property, kind: "app", name: "A key", user: { name: who }, ...key });
    const holder = client ?? (await signIn(this.rig, `${who}@example.org`, { name: who }));
    await holder.post("/keys/accept", { token: given.link.url.split("#")[1] }, 200);
    return { client: holder, key: given.id, person: given.user.person };
  }

  /** Every door has the newest list. */
  async settled(): Promise<void> {
    await this.rig.cloud.settled();
    for (const door of this.doors) {
      const { issued } = await this.rig.get(`/doors/${door.hex}`);
      await door.until(() => door.version === issued.version);
    }
  }

  /** The id that stands in a phone's handles for a door. */
  idAt(door: ProtocolDoor, doors: Map<string, Json>, entry = 0): string {
    return readHandles(door.keys, doors.get(door.hex)!.entries[entry].handles).id;
  }
}

async function begin(t: { teardown(work: () => Promise<void>): void }): Promise<PhoneHouse> {
  const rig = await CloudRig.start();
  t.teardown(() => rig.stop());
  const house = await PhoneHouse.of(rig);
  t.teardown(async () => {
    for (const door of house.doors) if (door.connected) await door.disconnect();
  });
  return house;
}

test.serial("X2: every phone of a property has keys for all its doors, of its own holder alone, which no script can read and no log has", async (t) => {
  const house = await begin(t);
  const { rig, front, garage, office } = house;
  const ada = await house.tenant("ada", "+33612345678");
  const bob = await house.keyHolder("bob", { doors: [office.hex], windows: [{ days: ["monday"], start: "08:00", end: "12:00" }] });
  const phone = new AskingPhone();
  const doors = await phone.ask(ada.client);
  t.deepEqual(phone.answer.properties.map(({ id, name }: Json) => [id, name]), [[house.property, "Rue des Lilas 7"]]);
  const shape = (door: ProtocolDoor, of: Map<string, Json>) => {
    const { name, radioName, entries } = of.get(door.hex)!;
    return { name, radioName, entries: entries.map(({ opens, outputs, handles }: Json) => [opens, outputs, handles.length]) };
  };
  const radio = (door: ProtocolDoor) => `Latchkey ${door.hex.slice(0, 8)}`;
  t.deepEqual(shape(front, doors), { name: "Front", radioName: radio(front), entries: [[true, [0], 64]] });
  t.deepEqual(shape(office, doors), { name: null, radioName: radio(office), entries: [[false, [], 8]] }, "she carries there, and is not told whose door it is");

  // The door knows her phone by its list, and proves itself to her by the same key.
  await house.settled();
  const seen: string[] = [];
  const ids = new Set<string>();
  for (const door of house.doors) {
    const [entry] = doors.get(door.hex)!.entries;
    const { holder, id, counters } = readHandles(door.keys, entry.handles);
    ids.add(id);
    t.is(new Set(counters).size, entry.handles.length);
    const held = await phone.unwrap(entry);
    t.false(held.key.extractable);
    const message = new Uint8Array(40).fill(3);
    t.deepEqual(new Uint8Array(await globalThis.crypto.subtle.sign("HMAC", held.key, message)), nativeHashes.hmacSha256(phoneKey(nativeHashes, door.keys.ble, holder), message));
    t.is(rowOf(door, id) !== undefined, door !== office, "a row is a right, and there is none at the office");
    seen.push(...entry.handles, entry.key);
  }
  t.is(ids.size, 1, "her place has one holder");
  const [adasId] = ids;
  t.is(new Set(seen).size, seen.length, "nothing is the same at two doors");

  // A refill: other handles, another wrapping, the same holder.
  const again = await phone.ask(ada.client);
  t.is(house.idAt(front, again), adasId);
  const counters = [doors, again].flatMap((each) => readHandles(garage.keys, each.get(garage.hex)!.entries[0].handles).counters);
  t.deepEqual(counters, Array.from({ length: 128 }, (_, index) => index));
  t.is((await ada.client.get("/account/phones")).items.length, 1, "the same phone by its key");

  // Others have holders of their own; those who open nothing, one that no list knows.
  const bobs = await new AskingPhone().ask(bob.client);
  t.deepEqual(shape(office, bobs), { name: "Office", radioName: radio(office), entries: [[true, [0], 64]] });
  const managers = await new AskingPhone().ask(house.manager);
  t.deepEqual(shape(front, managers), { name: "Front", radioName: radio(front), entries: [[false, [], 8]] }, "a manager knows the doors");
  const carrier = house.idAt(office, managers);
  t.is(new Set([adasId, house.idAt(office, bobs), carrier]).size, 3);
  t.like(rowOf(office, house.idAt(office, bobs)), { outputs: 1 });
  for (const door of house.doors) t.is(rowOf(door, carrier), undefined);
  t.is(house.idAt(front, await new AskingPhone().ask(house.manager)), carrier, "the carrier stays");
  const stranger = await signIn(rig, "stranger@example.org");
  t.deepEqual((await new AskingPhone().send(stranger)).body.properties, []);

  // An account with a place and a key has both, one beside the other.
  await house.keyHolder("ada", { doors: [front.hex, office.hex], uses: 5, usesTogether: true }, ada.client);
  const both = await phone.ask(ada.client);
  t.deepEqual(both.get(front.hex)!.entries.map(({ opens }: Json) => opens), [true, true]);
  t.is(house.idAt(front, both, 0), adasId, "what is not counted is tried first");
  t.not(house.idAt(front, both, 1), adasId);
  t.is(house.idAt(office, both), house.idAt(front, both, 1));
  t.is((await phone.send(ada.client, house.property)).body.properties.length, 1);
  t.is((await phone.send(ada.client, "0123456789abcdef")).body.properties.length, 0);

  // What is no key is refused, programs have no phone, and a phone asks so often.
  const send = (publicKey: string) => ada.client.send("POST", "/phone/keys", { publicKey });
  for (const bad of ["", "AA", Buffer.alloc(65, 4).toString("base64url"), Buffer.concat([Buffer.from([2]), phone.publicKey.subarray(1)]).toString("base64url")]) t.is((await send(bad)).body.code, "invalid-request");
  t.is((await new AskingPhone().send(siteClient(rig))).body.code, "not-allowed");
  t.is((await new AskingPhone().send(new Client(rig))).status, 401);
  let refused;
  for (let count = 0; count < 61 && refused === undefined; count++) {
    const answer = await phone.send(bob.client);
    if (answer.status !== 200) refused = answer;
  }
  t.like(refused, { status: 429, body: { code: "too-many-requests" } });
  rig.clock.advance(3_601);
  t.is((await phone.send(bob.client)).status, 200);

  const { items: audit } = await siteClient(rig).get("/audit");
  const written = rig.log + JSON.stringify(audit);
  for (const secret of [...seen, phone.publicKey.toString("base64url"), phone.answer.ephemeralKey]) t.false(written.includes(secret));
  t.true(audit.some(({ action }: Json) => action === "phone.add"));
});

