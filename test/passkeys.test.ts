import test from "ava";
import fc from "fast-check";
import { Authenticator, type Faults } from "./support/authenticator";
import { CloudRig, type Json } from "./support/cloud-rig";
import { addIdentifier, Client, signIn } from "./support/sign-in";

const ORIGIN = "https://doors.example";

let rig: CloudRig;
let ada: Client;
let phone: Authenticator;
test.before(async () => {
  rig = await CloudRig.start();
  rig.settings.publicUrl = ORIGIN;
  await rig.restart();
  ada = await signIn(rig, "ada@example.com", { name: "Ada" });
  phone = await addPasskey(ada);
});
test.after.always(() => rig.stop());

const code = (answer: { status: number; body: Json }) => `${answer.status} ${answer.body.code}`;

async function addPasskey(client: Client): Promise<Authenticator> {
  const authenticator = new Authenticator(ORIGIN);
  const { challenge, options } = await client.post("/account/passkeys/options", {}, 200);
  await client.post("/account/passkeys", { challenge, name: "Phone", response: authenticator.create(options) });
  return authenticator;
}

/** Signs in with a passkey that may have faults. */
async function enter(authenticator: Authenticator, faults: Faults = {}, client = new Client(rig)) {
  const { challenge, options } = await client.post("/sign-in/passkey/options", {}, 200);
  return client.send("POST", "/sign-in/passkey", { challenge, response: authenticator.get(options, faults) });
}

test.serial("A1: a passkey signs in without anything being typed, and says whose it is", async (t) => {
  const client = new Client(rig);
  const answer = await enter(phone, {}, client);
  t.deepEqual([answer.status, answer.body], [200, { account: ada.account, isNew: false }]);
  t.is((await client.get("/account")).name, "Ada");
  const { items } = await client.get("/account/passkeys");
  t.deepEqual(items.map((item: Json) => [item.id, item.name, item.usedAt !== null]), [[phone.id, "Phone", true]]);
});

test.serial("A1: what a passkey is made with names the site, the account and those that it has, and asks for the phone's own lock", async (t) => {
  const { options } = await ada.post("/account/passkeys/options", {}, 200);
  t.deepEqual([options.rp.id, options.user.name, options.user.displayName], ["doors.example", "ada@example.com", "Ada"]);
  t.deepEqual(options.excludeCredentials.map(({ id }: Json) => id), [phone.id]);
  t.deepEqual([options.authenticatorSelection.residentKey, options.authenticatorSelection.userVerification], ["required", "required"]);
  const asked = (await new Client(rig).post("/sign-in/passkey/options", {}, 200)).options;
  t.is(asked.allowCredentials, undefined, "no account is named, so none is found out");
  t.is(asked.userVerification, "required");
});

test.serial("A1: a passkey's answer with one fault is refused, whichever it is", async (t) => {
  const other = await addPasskey(await signIn(rig, "ben@example.com"));
  const faults: [string, Faults][] = [
    ["another site's page", { origin: "https://doors.example.evil.example" }],
    ["another site's page on this host", { origin: "http://doors.example" }],
    ["another site's key", { rpId: "evil.example" }],
    ["another challenge", { challenge: "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA" }],
    ["another ceremony", { type: "webauthn.create" }],
    ["a phone that nobody unlocked", { userVerified: false }],
    ["a forged signature", { forged: true }],
    ["a counter that stood still: a copy", { counter: 1 }],
    ["somebody else's handle", { userHandle: Buffer.from(other.id).toString("base64url") }],
  ];
  for (const [what, fault] of faults) t.is(code(await enter(phone, fault)), "422 bad-passkey", what);
  t.is(code(await enter(new Authenticator(ORIGIN))), "422 bad-passkey", "unknown");
  t.is((await enter(phone)).status, 200, "and without one it still gets in");
});

test.serial("A1: an answer counts once, within five minutes, and for what it was asked for", async (t) => {
  const client = new Client(rig);
  const { challenge, options } = await client.post("/sign-in/passkey/options", {}, 200);
  const request = { challenge, response: phone.get(options) };
  t.is((await client.send("POST", "/sign-in/passkey", request)).status, 200);
  t.is(code(await new Client(rig).send("POST", "/sign-in/passkey", request)), "422 bad-passkey", "replayed");
  const late = await client.post("/sign-in/passkey/options", {}, 200);
  rig.clock.advance(300);
  t.is(code(await client.send("POST", "/sign-in/passkey", { challenge: late.challenge, response: phone.get(late.options) })), "422 bad-passkey", "late");
  const asked = await client.post("/sign-in/passkey/options", {}, 200);
  t.is(code(await client.send("POST", "/account/authenticate/passkey", { challenge: asked.challenge, response: phone.get(asked.options) })), "422 bad-passkey", "for another purpose");
  const mallory = await signIn(rig, "mallory@example.com");
  const hers = await mallory.post("/account/authenticate/passkey/options", {}, 200);
  t.is(code(await mallory.send("POST", "/account/authenticate/passkey", { challenge: hers.challenge, response: phone.get(hers.options) })), "422 bad-passkey", "of another account");
});

test.serial("A1: a hundred answers with one challenge at once: one gets in", async (t) => {
  const { challenge, options } = await new Client(rig).post("/sign-in/passkey/options", {}, 200);
  const request = { challenge, response: phone.get(options) };
  const answers = await Promise.all(Array.from({ length: 100 }, () => new Client(rig).send("POST", "/sign-in/passkey", request)));
  t.is(answers.filter(({ status }) => status === 200).length, 1);
});

test.serial("O10: a passkey proves anew who somebody is, and then contacts change", async (t) => {
  const client = new Client(rig);
  await enter(phone, {}, client);
  rig.clock.advance(600);
  t.is(code(await client.send("POST", "/account/identifiers", { identifier: "ada.2@example.com" })), "403 authenticate-again");
  t.is(code(await client.send("POST", "/account/passkeys/options")), "403 authenticate-again", "nor does a stolen session add a passkey");
  const { challenge, options } = await client.post("/account/authenticate/passkey/options", {}, 200);
  await client.post("/account/authenticate/passkey", { challenge, response: phone.get(options) }, 200);
  await addIdentifier(client, "ada.2@example.com");
});

test.serial("A1: a passkey is made for one account, by whoever asked, and not twice", async (t) => {
  const ben = await signIn(rig, "ben@example.com");
  const begin = () => ben.post("/account/passkeys/options", {}, 200);
  const first = await begin();
  const wrongOrigin = new Authenticator("https://evil.example").create(first.options);
  t.is(code(await ben.send("POST", "/account/passkeys", { challenge: first.challenge, name: "x", response: wrongOrigin })), "422 bad-passkey");
  t.is(code(await ben.send("POST", "/account/passkeys", { challenge: first.challenge, name: "x", response: new Authenticator(ORIGIN).create(first.options, { userVerified: false }) })), "422 bad-passkey");
  const mallory = await signIn(rig, "mallory@example.com");
  t.is(code(await mallory.send("POST", "/account/passkeys", { challenge: first.challenge, name: "x", response: new Authenticator(ORIGIN).create(first.options) })), "422 bad-passkey", "asked for by another account");
  const again = await begin();
  t.is(code(await ben.send("POST", "/account/passkeys", { challenge: again.challenge, name: "x", response: phone.create(again.options) })), "422 bad-passkey", "somebody else's already");
  t.is((await enter(phone)).body.account, ada.account);
});

test.serial("A1: a removed passkey gets nobody in, and nobody removes another's", async (t) => {
  ada = await signIn(rig, "ada@example.com");
  const lost = await addPasskey(ada);
  const ben = await signIn(rig, "ben@example.com");
  t.is(code(await ben.send("DELETE", `/account/passkeys/${lost.id}`)), "404 not-found");
  await ada.delete(`/account/passkeys/${lost.id}`);
  t.is(code(await enter(lost)), "422 bad-passkey");
  t.is((await enter(phone)).status, 200);
  for (let index = (await ada.get("/account/passkeys")).items.length; index < 20; index++) await addPasskey(ada);
  t.is(code(await ada.send("POST", "/account/passkeys/options")), "409 too-many-passkeys");
});

test.serial("A1: an erased account's passkeys get nobody in", async (t) => {
  const carl = await signIn(rig, "carl@example.com");
  const passkey = await addPasskey(carl);
  await carl.delete("/account");
  t.is(code(await enter(passkey)), "422 bad-passkey");
});

test.serial("A1: a site that is reached by a bare address says that there are no passkeys", async (t) => {
  const own = await CloudRig.start();
  t.teardown(() => own.stop());
  t.is(code(await new Client(own).send("POST", "/sign-in/passkey/options")), "409 no-passkeys");
  t.deepEqual([(await new Client(own).get("/sign-in")).passkeys, (await new Client(rig).get("/sign-in")).passkeys], [false, true]);
});

test.serial("A1: whatever bytes a stranger calls a passkey's answer, it is refused as such", async (t) => {
  const pieces = fc.oneof(fc.string(), fc.base64String(), fc.uint8Array().map((bytes) => Buffer.from(bytes).toString("base64url")));
  await fc.assert(
    fc.asyncProperty(pieces, pieces, pieces, fc.boolean(), async (one, two, three, honest) => {
      const client = new Client(rig);
      const { challenge, options } = await client.post("/sign-in/passkey/options", {}, 200);
      const good = phone.get(options);
      const { response } = good;
      const request = { challenge, response: { ...good, response: honest ? { ...response, authenticatorData: two } : { clientDataJSON: one, authenticatorData: two, signature: three } } };
      const answer = await client.send("POST", "/sign-in/passkey", request);
      return ["bad-passkey", "invalid-request"].includes(answer.body.code);
    }),
    { numRuns: 100, seed: 4 },
  );
  t.false(rig.log.includes("a request failed"));
});
