import test from "ava";
import { noBrowser } from "../support/chromium";
import { Building, pinOf } from "../support/household";
import { Pages, PHONE, type Reader } from "../support/pages";
import { addIdentifier, lastCode, messagesTo, signIn } from "../support/sign-in";
import { World, type Json, type WorldDoor } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

/** The digits that a page shows when asked. */
async function shownCode({ page }: Reader): Promise<string> {
  await page.getByRole("button", { name: /^Show: / }).first().click();
  const digits = page.getByText(/^\d{6,8}$/);
  await digits.waitFor();
  return (await digits.textContent())!;
}

/** Whom a door's own list knows. */
async function knownAt(world: World, door: WorldDoor): Promise<string[]> {
  await world.upToDate();
  return (await world.get(`/api/doors/${door.id}/who-can-open`)).people.map(({ name }: Json) => name).sort();
}

inBrowser("O1, M2, M3: the manager alone makes administrators, several of a household or none; an account with both addresses has its building by itself, others once they have verified both", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 1 });
  const [front] = world.doors;
  const building = await Building.of(world);
  await building.flat("Flat 3");
  const households = `/manage/${world.property}/households`;
  const bos = await signIn(world, "bo@example.com", { name: "Bo" });
  await addIdentifier(bos, "+33612345678");
  const pages = await Pages.open(t, world);
  const bo = await pages.reader(bos, { viewport: PHONE });
  await bo.goes("/household");
  await bo.page.getByText("You belong to no household here yet").waitFor();

  // O1: two leaseholders of one household, of whom one has an account with these addresses, written otherwise.
  const desk = await pages.reader(building.manager);
  await desk.goes(`${households}/new`);
  await desk.page.getByLabel("Flat").selectOption({ label: "Flat 3" });
  await desk.page.getByRole("button", { name: "Another leaseholder" }).click();
  const enters = async (number: number, name: string, email: string, phone: string): Promise<void> => {
    await desk.page.getByRole("textbox", { name: `Name (${number})` }).fill(name);
    await desk.page.getByLabel(`E-mail address (${number})`).fill(email);
    await desk.page.getByLabel(`Phone number (${number})`).fill(phone);
  };
  await enters(1, "Ada", "ada@example.com", "+33612345679");
  await enters(2, "Bo", "Bo@Example.COM", "+33 6 12 34 56 78");
  t.deepEqual(await desk.flaws(), [], "two leaseholders");
  await desk.page.getByRole("button", { name: "Enter the lease" }).click();
  await desk.page.getByRole("heading", { name: "The lease is entered: Flat 3" }).waitFor();
  await desk.page.getByRole("listitem").filter({ hasText: "Ada" }).getByText(/A message is on its way/).waitFor();
  await desk.page.getByRole("listitem").filter({ hasText: "Bo" }).getByText(/the building is in their app already/).waitFor();

  // M3: Bo has nothing to accept. M2: Ada has been told what to do, and no door knows her.
  t.deepEqual(await knownAt(world, front), ["Bo"]);
  await bo.goes("/household");
  await bo.page.getByRole("heading", { level: 1, name: "Flat 3" }).waitFor();
  t.true(front.types(await shownCode(bo)));
  t.like((await messagesTo(world, "bo@example.com"))[0], { kind: "lease-linked" });
  const [letter] = await messagesTo(world, "ada@example.com");
  t.regex(letter.text, /sign in or create an account, and confirm your address and your phone number:\s+http\S+\/lease#/);

  // M2: one of the two is not enough.
  const ada = await pages.reader(undefined, { viewport: PHONE });
  const entersCode = async (address: string, submit: string): Promise<void> => {
    const field = ada.page.getByLabel("The code that was sent to you");
    await field.waitFor();
    await field.fill(await lastCode(world, address));
    await ada.page.getByRole("button", { name: submit, exact: true }).click();
  };
  await ada.goes("/household");
  await ada.page.getByLabel(/^E-mail address/).fill("ada@example.com");
  await ada.page.getByRole("button", { name: "Send me a code" }).click();
  await entersCode("ada@example.com", "Sign in");
  await ada.page.getByLabel("What is your name?").fill("Ada");
  await ada.page.getByRole("button", { name: "Go on" }).click();
  await ada.page.getByText("You belong to no household here yet").waitFor();
  t.deepEqual(await knownAt(world, front), ["Bo"], "her e-mail address alone opens nothing");
  await ada.goes("/account");
  await ada.page.getByRole("button", { name: "Add an address" }).click();
  await ada.page.getByRole("dialog").getByLabel("E-mail address or phone number").fill("+33 6 12 34 56 79");
  await ada.page.getByRole("button", { name: "Send me a code" }).click();
  await ada.page.getByLabel("The code that was sent to you").waitFor();
  t.deepEqual(await knownAt(world, front), ["Bo"], "nor does a number that she has only entered");
  await entersCode("+33612345679", "Verify");
  await ada.page.getByText("The address is yours. Your other addresses have been told.").waitFor();
  await ada.goes("/household");
  await ada.page.getByRole("heading", { level: 1, name: "Flat 3" }).waitFor();
  t.deepEqual(await knownAt(world, front), ["Ada", "Bo"]);
  const adas = await shownCode(ada);
  t.true(front.types(adas));

  // O1: they are two, with the same rights, and make nobody a third.
  const living = ada.page.getByRole("list", { name: "Who lives here" });
  for (const name of ["Ada", "Bo"]) await living.getByRole("listitem").filter({ hasText: name }).getByText("Administrator").waitFor();
  await ada.page.getByRole("link", { name: "Add somebody" }).click();
  await ada.page.getByRole("radio", { name: "Permanent guest" }).waitFor();
  t.is(await ada.page.getByRole("radio", { name: /administrator|leaseholder/i }).count(), 0);
  await ada.goes(`${households}/new`);
  t.is(await ada.page.getByRole("button", { name: "Enter the lease" }).count(), 0);

  // None: both leave by a court's order, who lives there stays; then the manager makes another.
  const { places } = await bos.get("/account/places");
  const { household } = places[0];
  const kim = await building.invited({ client: bos, household, person: places[0].person }, "Kim", { role: "resident" });
  const kims = await pinOf(kim.client, kim.person);
  const { members } = await building.manager.get(`/households/${household}`);
  for (const { person, role } of members) if (role === "administrator") await building.manager.post(`/leases/${person}/court-order`, { document: "TJ 26/1", sharesEnd: false }, 200);
  await desk.goes(`${households}/${household}`);
  await desk.page.getByText("There is no leaseholder any more. Those who live here keep what they have.").waitFor();
  t.deepEqual(await knownAt(world, front), ["Kim"]);
  t.false(front.types(adas));
  t.true(front.types(kims));
  await desk.page.getByRole("link", { name: "Add a leaseholder" }).click();
  await desk.page.getByRole("textbox", { name: "Name" }).fill("Dora");
  await desk.page.getByLabel("A PIN that you pass on").check();
  await desk.page.getByRole("button", { name: "Enter the lease" }).click();
  await desk.page.getByRole("heading", { name: "The lease is entered: Flat 3" }).waitFor();
  const doras = await shownCode(desk);
  await world.upToDate();
  t.true(front.types(doras));
  t.deepEqual((await building.manager.get(`/households/${household}`)).members.map(({ name, role }: Json) => [name, role]).sort(), [["Dora", "administrator"], ["Kim", "resident"]]);
  t.deepEqual([...bo.errors, ...desk.errors, ...ada.errors], []);
});

inBrowser("S1, N4, N6: one person has keys of several kinds; times bind them and not whoever has full control, which is offered where a door is not the building's", async (t) => {
  t.timeout(120_000);
  // A Monday, ten o'clock there.
  const world = await World.begin(t, { doors: 0, start: Date.UTC(2026, 0, 5, 9) });
  const studio = await world.addDoor("Studio");
  const stairs = await world.addDoor("Stairs");
  const building = await Building.of(world);
  for (const flat of ["Flat 1", "Flat 2"]) await building.flat(flat, [stairs]);
  const pages = await Pages.open(t, world);
  const desk = await pages.reader(building.manager);
  const { page } = desk;
  const checks = (label: string): Promise<void> => page.getByLabel(label, { exact: true }).check();
  const gives = async (name: string): Promise<void> => {
    await page.getByRole("button", { name: "Give a key" }).click();
    await page.getByRole("heading", { level: 1, name: `A key for ${name}` }).waitFor();
  };
  const another = (): Promise<void> => page.getByRole("button", { name: "Give another key" }).click();
  const control = page.getByLabel("Full control", { exact: true });

  // S1: the kinds that there are; what no reader reads is not among them.
  await desk.goes(`/manage/${world.property}/keys/new`);
  const kinds = page.getByRole("group", { name: "Kind of key" });
  for (const kind of ["Key in the app", "Code by text message or e-mail", "Code that you pass on", "Card"]) await kinds.getByRole("radio", { name: kind, exact: true }).waitFor();
  t.is(await kinds.getByRole("radio").count(), 4);
  await page.getByRole("link", { name: "Give a fob with four buttons instead" }).waitFor();

  // N4: nobody has full control of the staircase, alone or beside a door of one's own.
  await checks("Stairs");
  await page.getByText("Day and night", { exact: true }).waitFor();
  t.is(await control.count(), 0);
  await checks("Studio");
  t.is(await control.count(), 0);
  await page.getByLabel("Stairs", { exact: true }).uncheck();
  await control.waitFor();

  // N6: a user has times, and whoever has full control has none to enter.
  await checks("Code that you pass on");
  await page.getByLabel("Name", { exact: true }).fill("Uma");
  await checks("At certain times of the week");
  await page.getByRole("button", { name: "Weekdays 08:00–18:00" }).click();
  await gives("Uma");
  const umas = await shownCode(desk);
  await another();
  await checks("Card");
  await page.getByLabel("Number of the card").fill("00C0FFEE42");
  await checks("Somebody you know here");
  await page.getByLabel("Person").selectOption({ label: "Uma" });
  for (const door of ["Studio", "Stairs"]) await checks(door);
  await checks("At certain times of the week");
  await page.getByRole("button", { name: "Weekdays 08:00–18:00" }).click();
  await gives("Uma");
  await another();
  await checks("Code that you pass on");
  await page.getByLabel("Name", { exact: true }).fill("Adam");
  await checks("Studio");
  await checks("At certain times of the week");
  await page.getByRole("button", { name: "Weekdays 08:00–18:00" }).waitFor();
  await control.check();
  t.is(await page.getByRole("button", { name: "Weekdays 08:00–18:00" }).count(), 0);
  t.is(await page.getByLabel("Opens once, or a number of times").count(), 0);
  await gives("Adam");
  const adams = await shownCode(desk);
  await world.upToDate();
  const card = "00c0ffee42";
  t.deepEqual([studio.types(umas), studio.takesCard(card), stairs.takesCard(card), studio.types(adams)], [true, true, true, true]);
  t.deepEqual([stairs.types(umas), stairs.types(adams)], [false, false]);
  world.goTo("2026-01-05T18:30:00+01:00");
  t.false(studio.types(umas));
  t.is(studio.lastDecision, "denied: outside-schedule");
  t.deepEqual([studio.takesCard(card), stairs.takesCard(card), studio.types(adams)], [false, false, true], "times bind users, not admins");

  // S1: two keys, one person; one of them ends, and the other stays.
  await desk.context.clock.setSystemTime(world.clock.unixMs);
  await desk.goes(`/manage/${world.property}/keys`);
  await page.getByRole("row", { name: /Card.*Uma.*Stairs, Studio/ }).waitFor();
  await page.getByRole("row", { name: /Code.*Adam.*Full control of the doors, day and night/ }).waitFor();
  await page.getByRole("row", { name: /Code.*Uma.*Studio/ }).getByRole("link").first().click();
  await page.getByRole("button", { name: "Remove", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Remove the key" }).click();
  await page.getByRole("heading", { name: "Since when it is true" }).waitFor();
  await world.upToDate();
  world.goTo("2026-01-06T10:00:00+01:00");
  t.deepEqual([studio.types(umas), studio.takesCard(card)], [false, true]);
  t.deepEqual(desk.errors, []);
});
