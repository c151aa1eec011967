import { DEFAULT_RULES } from "../../cloud/properties/household-rules";
import { AskingPhone } from "./asking-phone";
import { CloudRig, NOON } from "./cloud-rig";
import { lastLinkToken, signInManager } from "./managers";
import { addImage, signedImage } from "./signed-image";
import { ProtocolDoor } from "./protocol-door";
import { addIdentifier, Client, signIn, siteClient } from "./sign-in";

export const ACTORS = ["site", "manager", "machine", "administrator", "coadministrator", "resident", "guest", "neighbour", "doorOwner", "doorAdmin", "keyUser", "foreignManager", "foreignMachine", "stranger", "nobody"] as const;
export type ActorName = (typeof ACTORS)[number];

export const later = (days: number) => new Date((NOON + days * 86_400) * 1_000).toISOString();
export const PAST = later(-2);

/** A property with everybody who may want something of it, and another one. */
export interface House {
  rig: CloudRig;
  clients: Record<ActorName, Client>;
  /** Ids of the property's things and people. */
  names: Record<string, string>;
  /** … of the other property's. */
  foreign: Record<string, string>;
  end(): Promise<void>;
}

/** A house that is set up once, and had as often as it is wanted, each time untouched. */
export class Blueprint {
  readonly #rig: CloudRig;
  readonly #drawn: Omit<House, "rig" | "end">;

  private constructor(rig: CloudRig, drawn: Omit<House, "rig" | "end">) {
    this.#rig = rig;
    this.#drawn = drawn;
  }

  static async draw(): Promise<Blueprint> {
    const rig = await CloudRig.start();
    const drawn = await draw(rig);
    await rig.cloud.stop();
    return new Blueprint(rig, drawn);
  }

  /** A cloud of its own; everybody is still signed in. */
  async copy(): Promise<House> {
    const rig = await CloudRig.copyOf(this.#rig);
    const { clients, names, foreign } = this.#drawn;
    const there = Object.fromEntries(Object.entries(clients).map(([who, client]) => [who, client.at(rig)])) as House["clients"];
    return { rig, clients: there, names, foreign, end: () => rig.stop() };
  }

  end(): void {
    this.#rig.forget();
  }
}

async function draw(rig: CloudRig): Promise<Omit<House, "rig" | "end">> {
  const clients = {} as Record<ActorName, Client>;
  const names: Record<string, string> = {};
  const foreign: Record<string, string> = {};
  const site = siteClient(rig);
  clients.site = site;
  clients.nobody = new Client(rig);
  for (const ids of [names, foreign]) {
    ids.property = (await site.post("/properties", { name: ids === names ? "Rue des Lilas 7" : "Rue des Roses 8" })).id;
    ids.door = (await ProtocolDoor.claimed(rig, ids.property, "Front")).hex;
    ids.template = (await site.post(`/properties/${ids.property}/templates`, { name: "Kind", doors: [ids.door] })).id;
    ids.unit = (await site.post(`/properties/${ids.property}/units`, { name: "Flat", template: ids.template })).id;
  }
  const { property, door } = names;
  clients.manager = await signInManager(rig, property, "manager@example.org");
  clients.foreignManager = await signInManager(rig, foreign.property, "foreign@example.org");
  const token = await site.post("/tokens", { property, name: "program" });
  Object.assign(names, { token: token.id, account: clients.manager.account });
  clients.machine = new Client(rig, token.token);
  clients.foreignMachine = new Client(rig, (await site.post("/tokens", { property: foreign.property, name: "program" })).token);
  clients.stranger = await signIn(rig, "stranger@example.org");

  const tenant = async (who: ActorName, phone: string) => {
    clients[who] = await signIn(rig, `${who}@example.org`, { name: who });
    await addIdentifier(clients[who], phone);
    return { name: who, email: `${who}@example.org`, phone };
  };
  const leaseholders = [await tenant("administrator", "+33612345678"), await tenant("coadministrator", "+33612345679")];
  const { household, leases } = await site.post("/leases", { unit: names.unit, leaseholders });
  Object.assign(names, { household, administrator: leases[0].person, coadministrator: leases[1].person });
  const other = await site.post(`/properties/${property}/units`, { name: "Next door", doors: [door] });
  await site.post("/leases", { unit: other.id, leaseholders: [await tenant("neighbour", "+33612345680")] });

  const { administrator } = clients;
  const invite = async (who: "resident" | "guest") => {
    names[who] = (await administrator.post(`/households/${household}/members`, { role: who, email: `${who}@example.org`, ...(who === "guest" && { doors: [door], end: later(30) }) })).person;
    clients[who] = await signIn(rig, `${who}@example.org`, { name: who });
    await clients[who].post("/invitations/accept", { token: await lastLinkToken(rig, `${who}@example.org`) }, 200);
  };
  await invite("resident");
  await invite("guest");
  names.share = (await administrator.post(`/households/${household}/shares`, { name: "Plumber", doors: [door], end: later(2) })).person;
  names.invited = (await administrator.post(`/households/${household}/members`, { role: "resident", email: "invited@example.org" })).person;
  const invited = await signIn(rig, "invited@example.org");
  names.invitation = (await invited.get("/account/places")).invitations[0].id;
  const gone = await administrator.post(`/households/${household}/members`, { role: "guest", name: "Gone", doors: [door], end: later(9) });
  names.removal = (await administrator.expect(200, "DELETE", `/members/${gone.person}`)).id;
  names.guestRevocation = (await site.get(`/people/${gone.person}/access`)).pins[0].grants[0].revocation;

  const staff = { doors: [door], notAfter: later(30) };
  names.worker = (await site.post(`/properties/${property}/staff`, { name: "Worker", ...staff })).id;
  names.left = (await site.post(`/properties/${property}/staff`, { name: "Left", ...staff })).id;
  names.revocation = (await site.post("/revocations", { person: names.left })).id;
  for (const who of ["worker", "administrator", "resident"]) {
    const { pins } = await site.get(`/people/${names[who]}/access`);
    names[`${who}Pin`] = pins[0].id;
    names[`${who}Grant`] = pins[0].grants[0].id;
  }
  names.key = (await site.post("/keys", { property, kind: "app", name: "Saturdays", user: { name: "Ana" }, doors: [door] })).id;
  names.shareKey = (await site.get(`/keys?person=${names.share}`)).items[0].id;
  // A door of its own, with whom it belongs to, who administers it and who has a key to it.
  names.office = (await ProtocolDoor.claimed(rig, property, "Office")).hex;
  for (const who of ["doorOwner", "doorAdmin", "keyUser"] as const) {
    const given = await site.post("/keys", { property, kind: "app", name: who, user: { email: `${who}@example.org` }, doors: [names.office], profile: who === "doorAdmin" ? "admin" : null });
    clients[who] = await signIn(rig, `${who}@example.org`, { name: who });
    await clients[who].post("/keys/accept", { token: given.link.url.split("#")[1] }, 200);
    Object.assign(names, { [who]: given.user.person, [`${who}Key`]: given.id });
  }
  await site.put(`/doors/${names.office}/owners`, { owners: [{ person: names.doorOwner }] });
  names.profile = (await site.post("/profiles", { property, name: "Mornings" })).id;
  await site.expect(200, "PUT", `/properties/${property}/rules`, { ...DEFAULT_RULES, groups: true }, { "if-match": "*" });
  names.group = (await site.post("/groups", { property, name: "Ground floor", doors: [door] })).id;
  await site.put(`/groups/${names.group}/people/${names.worker}`, {});
  names.managerInvitation = (await site.post(`/properties/${property}/managers`, { email: "next@example.org" })).id;
  // Nobody has claimed it: it is not connected.
  const fob = "latchkey-fob:1:f0b0f0b0f0b0f0b0:00112233445566778899aabbccddeeff";
  const smart = await site.post("/keys", { property, kind: "smart", name: "On a ring", user: { name: "Ruth" }, doors: [names.office], fob });
  Object.assign(names, { smartKey: smart.id, fob: smart.fob });
  await site.put(`/fobs/${names.fob}/buttons/1`, { key: names.smartKey, door: names.office });
  names.unlock = (await administrator.send("POST", `/doors/${door}/unlock`, {}, { "idempotency-key": "a-press-of-a-button" })).body.unlock;
  names.rule = (await administrator.post("/account/notification-rules", { property, events: ["door-opened"], channels: ["in-app"] })).id;
  const webhook = (await site.post(`/properties/${property}/webhooks`, { url: "https://programs.invalid/", events: ["duress"] })).id;
  names.webhook = webhook;
  await site.expect(200, "PATCH", `/properties/${property}/webhooks/${webhook}`, { paused: true }, { "if-match": "*" });
  const signed = signedImage({ version: 2 });
  const imageKey = await site.post("/firmware/keys", { key: signed.key });
  const image = await addImage(rig, signed);
  Object.assign(names, { imageKey: signed.key, imageKeyId: imageKey.id, image: image.id, rollout: (await site.post("/firmware/rollouts", { image: image.id })).id });
  const account = await administrator.get("/account");
  names.identifier = account.identifiers[0].id;
  names.phone = (await new AskingPhone().send(administrator)).body.phone;
  names.session = (await administrator.get("/account/sessions")).items[0].id;
  return { clients, names, foreign };
}
