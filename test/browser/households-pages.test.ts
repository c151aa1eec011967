import test from "ava";
import { noBrowser } from "../support/chromium";
import { Building, pinOf } from "../support/household";
import { DESKTOP, Pages, type Reader } from "../support/pages";
import { World, type Json } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

/** As narrow as phones are, and what is left of a page that is read at 400 % (WCAG 1.4.10). */
const SMALL_PHONE = { width: 320, height: 844 };

/** At a desk and on a phone, light and dark. */
async function flawsOf(reader: Reader): Promise<string[]> {
  const wide = await reader.flaws();
  await reader.page.setViewportSize(SMALL_PHONE);
  const narrow = await reader.flaws();
  await reader.page.setViewportSize(DESKTOP);
  return [...wide, ...narrow];
}

/** The digits that a page shows when asked. */
async function shownCode({ page }: Reader): Promise<string> {
  await page.getByRole("button", { name: /^Show: / }).click();
  const digits = await page.locator(".secret .digits").textContent();
  return digits!.trim();
}

inBrowser("P1, P2, M1, M9, O7: flats get their doors from their kind, who gains and loses is seen before, two managers do not undo each other, leases begin and end at the door", async (t) => {
  t.timeout(240_000);
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const building = await Building.of(world);
  const { manager } = building;
  const at = `/manage/${world.property}`;
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(manager);
  const { page } = reader;
  const dialog = page.getByRole("dialog");

  await reader.goes(`${at}/units`);
  await page.getByText("There are no flats yet").waitFor();
  t.deepEqual(await flawsOf(reader), [], "no flats");
  await page.getByRole("button", { name: "Add a kind of flat" }).click();
  await dialog.getByLabel("Name").fill("Staircase A");
  await dialog.getByLabel("door 0").check();
  t.deepEqual(await reader.flaws(), [], "a kind");
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByRole("link", { name: "Staircase A" }).waitFor();
  await page.getByRole("button", { name: "Add a flat" }).first().click();
  await dialog.getByLabel("Name").fill("Flat 12");
  await dialog.getByLabel("Kind").selectOption({ label: "Staircase A" });
  await dialog.getByRole("button", { name: "Add" }).click();
  await page.getByRole("link", { name: "Flat 12", exact: true }).waitFor();

  // P2: nobody can be written to, so the manager passes the code on.
  await page.getByRole("link", { name: "Empty: enter a lease of Flat 12" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("Old Bob");
  await page.getByLabel("A PIN that you pass on").check();
  t.deepEqual(await flawsOf(reader), [], "a lease");
  await page.getByRole("button", { name: "Enter the lease" }).click();
  await page.getByRole("heading", { name: "The lease is entered: Flat 12" }).waitFor();
  t.false((await page.content()).includes(">0123"), "hidden until asked for");
  const pin = await shownCode(reader);
  t.regex(pin, /^[0-9]{6,}$/);
  await world.upToDate();
  t.deepEqual([front.types(pin), garage.types(pin)], [true, false]);

  // P1: the change is shown first, and only then saved.
  await reader.goes(`${at}/units`);
  await page.getByRole("link", { name: "Staircase A" }).click();
  await page.getByRole("checkbox", { name: "door 0" }).uncheck();
  await page.getByRole("checkbox", { name: "door 1" }).check();
  t.deepEqual(await flawsOf(reader), [], "a kind of flat");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByText("Gains: door 1").waitFor();
  await dialog.getByText("Loses: door 0").waitFor();
  await dialog.getByText("Within seconds: door 0.").waitFor();
  t.deepEqual(await reader.flaws(), [], "who gains and loses");
  t.true(front.types(pin), "nothing is saved yet");

  // Meanwhile another manager changes the same kind: neither undoes the other unseen.
  const path = `/properties/${world.property}/templates`;
  const [kind] = (await manager.get(path)).items;
  await manager.patch(`${path}/${kind.id}`, { name: "Staircase Alpha" }, `"${kind.version}"`);
  await dialog.getByRole("button", { name: "Save the change" }).click();
  const meanwhile = page.getByRole("alert").filter({ hasText: "Somebody else has changed this meanwhile" });
  await meanwhile.getByText("Staircase Alpha").waitFor();
  t.is(await page.getByLabel("Name").inputValue(), "Staircase A", "what was entered stays");
  t.true(await page.getByRole("checkbox", { name: "door 1" }).isChecked());
  t.true(front.types(pin), "nothing was saved");
  t.deepEqual(await flawsOf(reader), [], "changed meanwhile");
  await page.getByLabel("Name").fill("Staircase Alpha");
  await page.getByRole("button", { name: "Save" }).click();
  await dialog.getByRole("button", { name: "Save the change" }).click();
  await meanwhile.waitFor({ state: "detached" });
  await reader.during(world.upToDate());
  t.like((await manager.get(path)).items[0], { name: "Staircase Alpha", doors: [garage.id] });
  t.deepEqual([front.types(pin), garage.types(pin)], [false, true]);

  // P2: he cannot be written to, so his new code is told to the manager, once.
  await page.getByRole("link", { name: "Flat 12" }).click();
  await page.getByRole("link", { name: "Old Bob" }).click();
  await page.getByRole("button", { name: "Codes: Old Bob" }).click();
  await dialog.getByText("1 door has it").waitFor();
  await dialog.getByRole("button", { name: "Give new codes" }).click();
  await dialog.getByText("The new code of Old Bob:").waitFor();
  const renewed = await shownCode(reader);
  await reader.during(world.upToDate());
  t.true(renewed !== pin && garage.types(renewed));
  t.deepEqual(await reader.flaws(), [], "codes");
  await reader.goes(`${at}/households/0123456789abcdef`);
  await page.getByRole("alert").getByText(/not there any more/).waitFor();
  t.deepEqual(await reader.flaws(), [], "a household that is not there");

  // A household of two leaseholders with the app and a child.
  const flat = await building.flat("Flat 7", [front]);
  const ana = await building.leaseholder(flat, "ana");
  const ben = await building.leaseholder(flat, "ben", { household: ana.household });
  await building.invited(ana, "kim", { role: "resident" });
  await world.upToDate();
  const bens = await pinOf(ben.client, ben.person);
  const anas = await pinOf(ana.client, ana.person);
  await reader.goes(`${at}/households`);
  await page.getByRole("row", { name: /Flat 7.*ana, ben/ }).waitFor();
  t.deepEqual(await flawsOf(reader), [], "households");
  await page.getByRole("link", { name: "Flat 7" }).click();
  await page.getByRole("heading", { level: 1, name: "Household: Flat 7" }).waitFor();
  await reader.settled();
  t.deepEqual(await flawsOf(reader), [], "a household");

  // O7: on a document only, and only him.
  await page.getByRole("button", { name: "Court order: ben" }).click();
  await dialog.getByLabel("Document").fill("Tribunal 26/00123");
  t.deepEqual(await reader.flaws(), [], "a court order");
  await dialog.getByRole("button", { name: "End the access by order" }).click();
  await dialog.getByRole("heading", { name: "The access of ben has ended" }).waitFor();
  await dialog.getByRole("link", { name: "See door by door what is true" }).click();
  await page.getByRole("heading", { level: 1, name: "Ended access of ben" }).waitFor();
  await reader.during(page.getByText("True everywhere: no door opens to this any more.").waitFor());
  t.deepEqual([front.types(bens), front.types(anas)], [false, true]);

  // M9: the last leaseholder takes the household along, and the page says whom.
  await reader.goes(`${at}/households/${ana.household}`);
  await page.getByRole("button", { name: "Move out: ana" }).click();
  await dialog.getByText(/ana is the last leaseholder: the household ends, and with it the access of 1 more person/).waitFor();
  await dialog.getByRole("button", { name: "End the lease now" }).click();
  await page.getByRole("heading", { level: 1, name: "Moved out" }).waitFor();
  await reader.during(page.getByText("True everywhere: no door opens to this any more.").first().waitFor());
  await reader.during(world.upToDate());
  t.false(front.types(anas));
  t.deepEqual(reader.errors, []);
});

inBrowser("P3, S10, S11, X13: staff and people of no household are added, suspended, ended and forgotten; a file is tried before it is applied", async (t) => {
  t.timeout(240_000);
  const world = await World.begin(t, { doors: 1 });
  const [front] = world.doors;
  const { manager } = await Building.of(world);
  const at = `/manage/${world.property}`;
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(manager);
  const { page } = reader;
  const dialog = page.getByRole("dialog");

  // P3: it is one o'clock on a Thursday morning, and she comes on weekdays from eight.
  await reader.goes(`${at}/staff`);
  await page.getByText("Nobody works here yet").waitFor();
  await page.getByRole("link", { name: "Add staff" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("Cleaning Lilas");
  await page.getByLabel("door 0").check();
  await page.getByLabel("At certain times").check();
  await page.getByRole("button", { name: "Weekdays 08:00–18:00" }).click();
  t.deepEqual(await flawsOf(reader), [], "adding staff");
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name: "Cleaning Lilas has been added" }).waitFor();
  const cleaners = await shownCode(reader);
  await world.upToDate();
  t.false(front.types(cleaners));
  t.is(front.lastDecision, "denied: outside-schedule");
  await page.getByRole("link", { name: "To their page" }).click();
  await page.getByRole("heading", { level: 1, name: "Cleaning Lilas" }).waitFor();
  await page.getByRole("radio", { name: "At any time" }).check();
  t.deepEqual(await flawsOf(reader), [], "staff");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved.").waitFor();
  await reader.during(world.upToDate());
  t.true(front.types(cleaners), "her hours are others now, her code is the same");

  // Somebody of no household, at once; then not for a while; then not any more; then nobody knows who it was.
  await reader.goes(`${at}/people/new`);
  await page.getByRole("textbox", { name: "Name" }).fill("Choir");
  await page.getByLabel("door 0").check();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name: "Choir has been added" }).waitFor();
  const choirs = await shownCode(reader);
  await world.upToDate();
  t.true(front.types(choirs));
  await page.getByRole("link", { name: "To their page" }).click();
  await page.getByRole("heading", { name: /PIN/ }).waitFor();
  await page.getByText("The manager,").waitFor();
  t.deepEqual(await flawsOf(reader), [], "a person");
  await page.getByRole("button", { name: "Suspend" }).click();
  await dialog.getByRole("button", { name: "Suspend" }).click();
  await page.getByText("Choir is suspended.").waitFor();
  await reader.during(world.upToDate());
  t.false(front.types(choirs));
  await page.getByRole("button", { name: "Resume" }).click();
  await dialog.getByRole("button", { name: "Resume" }).click();
  await page.getByText("Choir gets in again.").waitFor();
  await reader.during(world.upToDate());
  t.true(front.types(choirs));
  await page.getByRole("button", { name: "End all access" }).click();
  await dialog.getByText("Within seconds: door 0.").waitFor();
  t.deepEqual(await reader.flaws(), [], "ending all");
  await dialog.getByRole("button", { name: "End all access" }).click();
  await page.getByRole("heading", { level: 1, name: "Ended access of Choir" }).waitFor();
  await reader.during(page.getByText("True everywhere: no door opens to this any more.").waitFor());
  t.false(front.types(choirs));
  await reader.goes(`${at}/people`);
  await page.getByLabel("Show").selectOption("ended");
  await page.getByRole("link", { name: "Choir" }).click();
  await page.getByRole("button", { name: "Forget this person" }).click();
  await dialog.getByRole("button", { name: "Forget this person" }).click();
  await page.getByRole("heading", { level: 1, name: "People" }).waitFor();
  t.like((await manager.get(`/people?property=${world.property}&ended=true`)).items[0], { name: "", erased: true });
  await reader.settled();
  t.deepEqual(await flawsOf(reader), [], "people");

  // X13: a file with a fault, then one without: tried, looked at, applied.
  const choose = async (text: string): Promise<void> => {
    await page.getByLabel("File").setInputFiles({ name: "building.csv", mimeType: "text/csv", buffer: Buffer.from(text) });
    await page.getByRole("button", { name: "Check the file" }).click();
  };
  const units = async (): Promise<Json[]> => (await manager.get(`/properties/${world.property}/units`)).items;
  await reader.goes(`${at}/import`);
  await choose("kind,name,unit,doors\nunit,Flat 1,,Gate\nlease,Old Bob,Flat 1,\n");
  await page.getByRole("heading", { name: "1 thing is wrong" }).waitFor();
  await page.getByRole("row", { name: /2 doors .*Gate/ }).waitFor();
  t.is(await page.getByRole("button", { name: "Apply" }).count(), 0);
  t.deepEqual(await flawsOf(reader), [], "a faulty file");
  await choose("kind,name,unit,doors\nunit,Flat 1,,door 0\nlease,Old Bob,Flat 1,\n");
  await page.getByRole("heading", { name: "What the file would do" }).waitFor();
  await page.getByRole("row", { name: /3 lease Old Bob new/ }).waitFor();
  t.deepEqual(await units(), [], "nothing has changed");
  t.deepEqual(await flawsOf(reader), [], "a dry run");
  await page.getByRole("button", { name: "Apply" }).click();
  await page.getByRole("heading", { name: "Done: 2 new, 0 changed" }).waitFor();
  t.is((await units()).length, 1);
  const bobs = await shownCode(reader);
  await reader.during(world.upToDate());
  t.true(front.types(bobs));
  t.deepEqual(await flawsOf(reader), [], "applied");
  t.deepEqual(reader.errors, []);
});
