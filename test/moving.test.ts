import test from "ava";
import { Building, lastToken, phoneOf, pinOf } from "./support/household";
import { addIdentifier, messagesTo, signIn, type Client } from "./support/sign-in";
import { World, type Json } from "./support/world";

test.serial("M1, M3: a lease for an account with the same e-mail and phone starts by itself, and its dates hold at a door without a network", async (t) => {
  const world = await World.begin(t, { doors: 2, start: Date.UTC(2026, 0, 1, 12) });
  const [street, garage] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1", [street]);
  const tenant = await signIn(world, "Ada@Example.COM", { name: "Ada" });
  await addIdentifier(tenant, "+33 6 12 34 56 78");
  const { leases } = await building.manager.post("/leases", {
    unit: flat,
    leaseholders: [{ name: "Ada", email: " ada@example.com", phone: "+33612345678" }],
    start: "2026-01-02T08:00:00Z",
    end: "2026-01-05T08:00:00Z",
  });
  t.deepEqual(leases[0].codes, [], "nobody else sees her code");
  const attention = await building.manager.get(`/properties/${world.property}/attention`);
  t.deepEqual([attention.households, attention.invitations, attention.leasesEnding.map(({ name, unit, endsAt }: Json) => [name, unit, endsAt])], [1, [], [["Ada", "Flat 1", "2026-01-05T08:00:00Z"]]], "the manager sees that it will end");
  const { places, invitations } = await tenant.get("/account/places");
  t.deepEqual(invitations, [], "there is nothing to accept");
  t.deepEqual(places[0].property, { id: world.property, name: "Rue des Lilas 7", timeZone: "Europe/Paris" });
  t.deepEqual(places[0].doors, [{ id: street.id, name: "door 0" }]);
  t.is((await messagesTo(world, "ada@example.com"))[0].kind, "lease-linked");
  const pin = await pinOf(tenant, places[0].person);
  await world.upToDate();
  street.pullPlug();
  world.goTo("2026-01-02T07:59:50Z");
  t.false(street.types(pin), "not yet");
  world.goTo("2026-01-02T08:00:30Z");
  t.true(street.types(pin));
  t.false(garage.types(pin), "not a door of the flat");
  world.goTo("2026-01-05T08:00:10Z");
  t.false(street.types(pin));
  t.is(street.lastDecision, "denied: expired");
});

test.serial("M2: without an account nothing is linked until both e-mail and phone are verified", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const { leases } = await building.manager.post("/leases", { unit: flat, leaseholders: [{ name: "Grace", email: "grace@example.com", phone: "+33612345679" }], language: "fr" });
  const [{ person }] = leases;
  const [message] = await messagesTo(world, "grace@example.com");
  t.is(message.kind, "lease");
  t.regex(message.text, /Votre bail.*Flat 1.*\/lease#/s);
  await world.upToDate();
  t.is((await world.get(`/api/doors/${door.id}/who-can-open`)).people.length, 0, "nobody is in the door's list");
  const tenant = await signIn(world, "grace@example.com", { name: "Grace" });
  t.deepEqual((await tenant.get("/account/places")).places, [], "one of two is not enough");
  t.is((await building.manager.get(`/members/${person}`)).state, "pending");
  t.deepEqual((await building.manager.get(`/properties/${world.property}/attention`)).invitations.map((each: Json) => each.person), [person], "the manager sees that nobody has answered");
  await addIdentifier(tenant, "+33 6 12 34 56 79");
  const { places } = await tenant.get("/account/places");
  t.is(places[0].person, person);
  await world.upToDate();
  t.true(door.types(await pinOf(tenant, person)));
});

test.serial("M3: with e-mail and phone in two accounts, or one of the two, it takes the link", async (t) => {
  const world = await World.begin(t);
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const byMail = await signIn(world, "lin@example.com");
  const byPhone = await signIn(world, "+33612345670");
  const { leases } = await building.manager.post("/leases", { unit: flat, leaseholders: [{ name: "Lin", email: "lin@example.com", phone: "+33612345670" }] });
  t.is(leases[0].state, "pending");
  t.deepEqual((await byMail.get("/account/places")).places, []);
  t.deepEqual((await byPhone.get("/account/places")).places, []);
  const place = await byPhone.post("/invitations/accept", { token: await lastToken(world, "lin@example.com", "lease") }, 200);
  t.is(place.person, leases[0].person);
  await world.upToDate();
  t.true(world.doors[0].types(await pinOf(byPhone, place.person)));
});

test.serial("M4: the link of a lease serves once, for that lease, until it expires or is sent anew", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const holder = { name: "Ada", email: "ada@work.example", phone: "+33612345671" };
  const { leases } = await building.manager.post("/leases", { unit: flat, leaseholders: [holder] });
  const other = await building.manager.post("/leases", { unit: flat, leaseholders: [{ name: "Bo", email: "bo@work.example" }] });
  const old = await lastToken(world, "ada@work.example");
  await building.manager.post(`/members/${leases[0].person}/invitation`, {}, 200);
  const token = await lastToken(world, "ada@work.example");
  t.not(token, old);
  const client = await signIn(world, "ada@home.example", { name: "Ada" });
  const look = await client.post("/invitations/look", { token }, 200);
  t.is(look.kind, "lease");
  t.is(look.unit.name, "Flat 1");
  t.is((await client.send("POST", "/invitations/accept", { token: old })).body.code, "invitation-gone", "sent anew");
  t.is((await client.send("POST", "/invitations/decline", { token })).body.code, "not-allowed", "a lease is not declined");
  const place = await client.post("/invitations/accept", { token }, 200);
  t.is(place.person, leases[0].person);
  t.is((await client.post("/invitations/accept", { token }, 200)).person, place.person, "accepting twice is one acceptance");
  const thief = await signIn(world, "thief@example.com");
  t.is((await thief.send("POST", "/invitations/accept", { token })).body.code, "invitation-used");
  t.is((await thief.send("POST", "/invitations/look", { token })).body.code, "invitation-used");
  t.is((await thief.send("POST", "/invitations/accept", { token: "A".repeat(22) })).body.code, "invitation-gone");
  t.is((await building.manager.send("POST", `/members/${place.person}/invitation`, {})).body.code, "not-pending", "after acceptance refused");
  const late = await lastToken(world, "bo@work.example");
  await world.upToDate();
  t.true(door.types(await pinOf(client, place.person)));
  t.is((await thief.post("/invitations/look", { token: late }, 200)).kind, "lease");
  world.clock.advance(60 * 86_400_000);
  await world.turn();
  const bo = await signIn(world, "bo@home.example");
  t.is((await bo.send("POST", "/invitations/accept", { token: late })).body.code, "invitation-gone", "expired");
  const manager = await signIn(world, "manager@example.com");
  await manager.post(`/members/${other.leases[0].person}/invitation`, {}, 200);
  t.is((await bo.post("/invitations/accept", { token: await lastToken(world, "bo@work.example") }, 200)).person, other.leases[0].person);
});

test.serial("M5, M6: a member is invited by e-mail or by text message; nothing opens before a new account accepts", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const byMail = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "Kim@Example.com" });
  const byPhone = await ada.client.post(`/households/${ada.household}/members`, { role: "guest", phone: "+33 6 12 34 56 72", doors: [door.id], end: "2026-02-01T00:00:00Z", language: "fr" });
  t.deepEqual(byMail.codes, []);
  const [mail] = await messagesTo(world, "kim@example.com");
  t.is(mail.channel, "email");
  t.regex(mail.text, /“ada” has invited you to live at Flat 1/);
  const [text] = await messagesTo(world, "+33612345672");
  t.is(text.channel, "sms");
  t.regex(text.text, /« ada » vous invite/);
  await world.upToDate();
  t.deepEqual((await world.get(`/api/doors/${door.id}/who-can-open`)).people.map(({ name }: { name: string }) => name), ["ada"], "pending places are in no list");
  t.is((await ada.client.get(`/members/${byMail.person}`)).state, "pending");

  const kim = await signIn(world, "kim@example.com", { name: "Kim" });
  const place = await kim.post("/invitations/accept", { token: await lastToken(world, "kim@example.com") }, 200);
  t.is(place.role, "resident");
  await world.upToDate();
  t.true(door.types(await pinOf(kim, place.person)));
  t.is((await ada.client.get(`/members/${byMail.person}`)).name, "Kim", "the registrant's own name");

  const max = await signIn(world, "+33612345672", { name: "Max" });
  const { invitations } = await max.get("/account/places");
  await max.post(`/account/invitations/${invitations[0].id}/decline`, {}, 200);
  t.is((await max.send("POST", `/account/invitations/${invitations[0].id}/accept`, {})).body.code, "invitation-gone");
  t.is((await ada.client.get(`/members/${byPhone.person}`)).endReason, "declined");
  await world.upToDate();
  t.deepEqual((await world.get(`/api/doors/${door.id}/who-can-open`)).people.map(({ name }: { name: string }) => name).sort(), ["Kim", "ada"]);
});

test.serial("M7, M8: an account sees the invitation to its address, or takes it by the link under another one; the answer never tells whether there is one", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const kim = await signIn(world, "kim@example.com", { name: "Kim" });
  const strangers = await signIn(world, "stranger@example.com");
  const known = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "kim@example.com" });
  const unknown = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "nobody@example.com" });
  const shape = ({ person, email, name, ...rest }: Record<string, unknown>) => rest;
  t.deepEqual(shape(known), shape(unknown), "an address with an account looks like one without");
  t.deepEqual((await messagesTo(world, "kim@example.com"))[0].kind, (await messagesTo(world, "nobody@example.com"))[0].kind);

  const { invitations } = await kim.get("/account/places");
  t.is(invitations.length, 1);
  t.is(invitations[0].inviter, "ada");
  const path = `/account/invitations/${invitations[0].id}/accept`;
  t.is((await strangers.send("POST", path, {})).status, 404, "it is nobody else's");
  const first = await kim.post(path, {}, 200);
  t.is((await kim.post(path, {}, 200)).person, first.person);
  await world.upToDate();
  t.true(door.types(await pinOf(kim, first.person)));

  const other = await signIn(world, "other.address@example.com", { name: "Noor" });
  const place = await other.post("/invitations/accept", { token: await lastToken(world, "nobody@example.com") }, 200);
  await world.upToDate();
  t.true(door.types(await pinOf(other, place.person)));
  const again = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "third@example.com" });
  t.is((await kim.send("POST", "/invitations/accept", { token: await lastToken(world, "third@example.com") })).body.code, "already-member", "one place each");
  t.is((await ada.client.get(`/members/${again.person}`)).state, "pending");
});

test.serial("M7: of a hundred who accept one link at once, one wins", async (t) => {
  const world = await World.begin(t, { doors: 1 });
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const { person } = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "kim@example.com" });
  const token = await lastToken(world, "kim@example.com");
  const clients: Client[] = [];
  for (let index = 0; index < 10; index++) clients.push(await signIn(world, `runner${index}@example.com`));
  const answers = await Promise.all(Array.from({ length: 100 }, async (_, index) => ({ index: index % clients.length, ...(await clients[index % clients.length].send("POST", "/invitations/accept", { token })) })));
  const winners = new Set(answers.filter(({ status }) => status === 200).map(({ index }) => index));
  t.is(winners.size, 1);
  const [winner] = winners;
  t.is(answers.filter(({ status }) => status === 200).length, 10, "each time it was the same acceptance");
  for (const { index, status, body } of answers) if (index !== winner) t.is(`${status} ${body.code}`, "409 invitation-used");
  await world.upToDate();
  const { people } = await world.get(`/api/doors/${world.doors[0].id}/who-can-open`);
  t.is(people.filter((row: { person: string }) => row.person === person).length, 1, "one code was given");
  t.true(world.doors[0].types(await pinOf(clients[winner], person)));
});

test.serial("M9: moving out ends that lease alone; with the last administrator members and shares go too", async (t) => {
  const world = await World.begin(t, { doors: 2 });
  const [one, two] = world.doors;
  const building = await Building.of(world);
  const first = await building.flat("Flat 1", [one]);
  const second = await building.flat("Flat 2", [two]);
  const ada = await building.leaseholder(first, "ada");
  const elsewhere = await building.manager.post("/leases", { unit: second, leaseholders: [{ name: "ada", email: "ada@example.com", phone: phoneOf("ada") }] });
  const bo = await signIn(world, "bo@example.com", { name: "Bo" });
  const { leases } = await building.manager.post("/leases", { unit: first, household: ada.household, leaseholders: [{ name: "Bo", email: "bo@example.com" }] });
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const share = await ada.client.post(`/households/${ada.household}/shares`, { name: "The plumber", doors: [one.id], end: "2026-03-01T00:00:00Z" });
  const pins = { ada: await pinOf(ada.client, ada.person), flat2: await pinOf(ada.client, elsewhere.leases[0].person), bo: await pinOf(bo, leases[0].person), kim: await pinOf(kim.client, kim.person), plumber: share.codes[0].pin as string };
  await world.upToDate();
  for (const pin of [pins.ada, pins.bo, pins.kim, pins.plumber]) t.true(one.types(pin));
  t.true(two.types(pins.flat2));

  const removal = await building.manager.post(`/leases/${ada.person}/end`, {}, 200);
  t.is(removal.kind, "moved-out");
  t.deepEqual(removal.people.map(({ person }: { person: string }) => person), [ada.person]);
  t.is((await building.manager.post(`/leases/${ada.person}/end`, {}, 200)).id, removal.id, "once");
  await world.upToDate();
  t.false(one.types(pins.ada));
  t.true(two.types(pins.flat2), "the other flat of the same building stays");
  for (const pin of [pins.bo, pins.kim, pins.plumber]) t.true(one.types(pin), "another administrator is still there");
  t.is((await messagesTo(world, "ada@example.com"))[0].kind, "removed");
  const { places } = await ada.client.get("/account/places");
  t.deepEqual(places.map(({ state, endReason }: { state: string; endReason: string }) => [state, endReason]), [["active", null], ["ended", "moved-out"]], "the account stays");
  t.is((await ada.client.send("GET", `/households/${ada.household}`)).status, 404);

  const last = await building.manager.post(`/leases/${leases[0].person}/end`, {}, 200);
  t.is(last.people.length, 3);
  await world.until("all doors have acknowledged", async () => (await building.manager.get(`/removals/${last.id}`)).complete);
  for (const pin of [pins.bo, pins.kim, pins.plumber]) t.false(one.types(pin));
  t.truthy((await building.manager.get(`/households/${ada.household}`)).endedAt);
});

test.serial("M9: a lease that ends by its date ends the household's members at a door without a network, and is tidied up", async (t) => {
  const world = await World.begin(t, { doors: 1, start: Date.UTC(2026, 0, 1, 12) });
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const kim = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", name: "Kim" });
  const [{ pin }] = kim.codes;
  await world.upToDate();
  t.true(door.types(pin));
  const moving = await building.manager.send("POST", `/leases/${ada.person}/end`, { at: "2026-01-03T12:00:00Z" });
  t.is(moving.status, 202);
  await world.upToDate();
  door.pullPlug();
  world.goTo("2026-01-03T11:59:50Z");
  t.true(door.types(pin));
  world.goTo("2026-01-03T12:00:30Z");
  t.false(door.types(pin), "a resident has no end of their own, but the household has");
  t.is(door.lastDecision, "denied: expired");
  await world.until("it is tidied up", async () => (await building.manager.get(`/members/${kim.person}`)).endReason === "moved-out");
  t.is((await building.manager.get(`/members/${ada.person}`)).endReason, "moved-out");
});

test.serial("A1: a lost phone: whoever signs in elsewhere ends its session and its key, and the code that it showed opens no door any more", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const phone = await signIn(world, "ada@example.com");
  const key = await building.manager.post("/keys", { property: world.property, kind: "app", name: "Bike room", user: { name: "Ada" }, doors: [door.id] });
  await phone.post("/keys/accept", { token: key.link.url.split("#")[1] }, 200);
  const shown = await pinOf(phone, ada.person);
  await world.upToDate();
  t.true(door.types(shown));
  const atDoor = async () => (await world.get(`/api/doors/${door.id}/who-can-open`)).people.map((each: Json) => each.credential.kind).sort();
  t.deepEqual(await atDoor(), ["phone", "pin"]);

  const elsewhere = await signIn(world, "ada@example.com");
  const { items } = await elsewhere.get("/account/sessions");
  for (const { id } of items.filter(({ current }: Json) => !current)) await elsewhere.delete(`/account/sessions/${id}`);
  t.is((await phone.send("GET", `/members/${ada.person}/pins`)).status, 401);
  await elsewhere.expect(200, "DELETE", `/keys/${key.id}`);
  await elsewhere.post(`/members/${ada.person}/pins/renew`, { overlapDays: 0 }, 200);
  await world.upToDate();
  t.false(door.types(shown), "whoever has found the phone has read it");
  t.is(door.lastDecision, "denied: unknown-credential");
  t.deepEqual(await atDoor(), ["pin"], "as the door sees it");
  t.true(door.types(await pinOf(elsewhere, ada.person)));
});

test.serial("A2: another address is verified anew and the old one told; what opens goes on opening, and the next owner of the old one opens nothing", async (t) => {
  const world = await World.begin(t);
  const [door] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const kim = await building.invited(ada, "kim", { role: "resident" });
  const pin = await pinOf(kim.client, kim.person);
  await kim.client.post("/account/identifiers", { identifier: "kim@new.example" }, 202);
  t.deepEqual((await kim.client.get("/account")).identifiers.map(({ value }: Json) => value), ["kim@example.com"], "not before it is proved");
  await addIdentifier(kim.client, "kim@new.example");
  const { identifiers } = await kim.client.get("/account");
  await kim.client.expect(200, "DELETE", `/account/identifiers/${identifiers.find(({ value }: Json) => value === "kim@example.com").id}`);
  t.deepEqual((await messagesTo(world, "kim@example.com")).slice(0, 2).map(({ kind }: Json) => kind), ["identifier-changed", "identifier-changed"]);

  const next = await signIn(world, "kim@example.com", { name: "Another Kim" });
  t.deepEqual((await next.get("/account/places")).places, []);
  t.is((await next.send("GET", `/members/${kim.person}/pins`)).status, 404);
  t.is((await next.send("POST", `/members/${kim.person}/pins/renew`)).status, 404);
  const again = await signIn(world, "kim@new.example");
  t.is(again.account, kim.client.account);
  await world.upToDate();
  t.true(door.types(pin), "the code is of the place, not of the address");
  t.deepEqual((await world.get(`/api/doors/${door.id}/who-can-open`)).people.map((each: Json) => each.person).sort(), [ada.person, kim.person].sort());

  // Removed by whoever may, under whichever address.
  await ada.client.expect(200, "DELETE", `/members/${kim.person}`);
  await world.upToDate();
  t.false(door.types(pin));
});

test.serial("A2: an invitation to an address that was given up is not inherited by its next owner", async (t) => {
  const world = await World.begin(t);
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const kim = await signIn(world, "kim@example.com", { name: "Kim" });
  await addIdentifier(kim, "kim@new.example");
  const { person } = await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "kim@example.com" });
  const token = await lastToken(world, "kim@example.com");
  const { identifiers } = await kim.get("/account");
  await kim.expect(200, "DELETE", `/account/identifiers/${identifiers.find(({ value }: { value: string }) => value === "kim@example.com").id}`);
  const next = await signIn(world, "kim@example.com", { name: "Another Kim" });
  t.deepEqual((await next.get("/account/places")).invitations, []);
  t.is((await next.send("POST", "/invitations/accept", { token })).body.code, "invitation-gone");
  t.is((await ada.client.get(`/members/${person}`)).state, "pending", "it can be sent anew");
  await world.upToDate();
  t.deepEqual((await world.get(`/api/doors/${world.doors[0].id}/who-can-open`)).people.map((each: Json) => each.person), [ada.person], "no door knows of it");
});

test.serial("A3: a site that sends no text messages links a lease by its e-mail alone, and says so where it takes a phone", async (t) => {
  const world = await World.begin(t, { texts: false });
  const [door] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const { leases } = await building.manager.post("/leases", { unit: flat, leaseholders: [{ name: "Ada", email: "ada@example.com", phone: "+33612345678" }] });
  const ada = await signIn(world, "ada@example.com", { name: "Ada" });
  t.is((await ada.get("/account/places")).places[0].person, leases[0].person);
  await world.upToDate();
  t.true(door.types(await pinOf(ada, leases[0].person)));
  t.is((await building.manager.send("POST", "/leases", { unit: flat, leaseholders: [{ name: "Bo", phone: "+33612345679" }] })).body.code, "no-text-messages");
  t.is((await ada.send("POST", `/households/${leases[0].household}/members`, { role: "resident", phone: "+33612345679" })).body.code, "no-text-messages");
});
