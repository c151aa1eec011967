import test from "ava";
import { noBrowser } from "../support/chromium";
import { Building } from "../support/household";
import { Pages, PHONE } from "../support/pages";
import { World } from "../support/world";
import { WorldPhone } from "../support/world-phone";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

inBrowser("X1, X2, O11: the manager watches an ended access become true, door by door: over the network, by somebody else's phone, and until when it is not", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 2 });
  const [front, cellar] = world.doors;
  const building = await Building.of(world);
  const ada = await building.leaseholder(await building.flat("Flat 1"), "ada");
  const adas = new WorldPhone(world, ada.client, cellar);
  await adas.goesOnline();
  const guest = await world.addPerson({ name: "Emil Novak", class: "guest" });
  await world.upToDate();
  await world.pass(120_000);
  adas.online = false;
  await world.isolate(cellar);
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(building.manager);
  const { page } = reader;

  await reader.goes(`/manage/${world.property}/truth`);
  await page.getByText("All that was ended is true at every door.").waitFor();
  t.deepEqual(await reader.flaws(), [], "nothing yet");

  await world.revoke(guest);
  await world.upToDate();
  t.false(front.types(guest.pin), "the front door knows");
  t.true(cellar.types(guest.pin), "nobody has been in the cellar");
  await reader.goes(`/manage/${world.property}/truth`);
  await page.getByRole("row", { name: /Emil Novak.*1 door, until .* at most/ }).waitFor();
  t.deepEqual(await reader.flaws(), [], "the list");
  await page.getByRole("link", { name: "Emil Novak" }).click();

  const at = (door: string) => page.getByRole("listitem").filter({ hasText: door });
  await page.getByRole("heading", { level: 1, name: "Ended access of Emil Novak" }).waitFor();
  await at("door 0").getByText(/^The door has acknowledged it · /).waitFor();
  await at("door 1").getByText(/^May open until .* at most$/).waitFor();
  await page.getByText("1 of 2 doors acknowledged").waitFor();
  await at("door 1").getByText(/The door has no connection/).waitFor();
  await at("door 1").getByText(/No phone carries the news yet/).waitFor();
  await at("door 1").getByText("Why until then").click();
  await at("door 1").getByText("Grace at the door").waitFor();
  t.deepEqual(await reader.flaws(), [], "pending");
  await page.setViewportSize(PHONE);
  t.deepEqual(await reader.flaws(), [], "pending, on a phone");

  // Ada's phone takes the news along, and is tapped in the cellar.
  await reader.during(adas.goesOnline());
  await reader.during(at("door 1").getByText(/1 phone carries the news/).waitFor());
  adas.online = false;
  t.like(await adas.taps(cellar), { opened: true, broughtNews: true });
  await world.pass(10_000); // until Ada's opening is over
  t.false(cellar.types(guest.pin), "the cellar knows");
  t.is(cellar.lastDecision, "denied: unknown-credential");
  t.true(await at("door 1").getByText(/May open until/).isVisible(), "it is not said before the receipt is there");
  await adas.goesOnline();
  await reader.during(at("door 1").getByText(/a phone brought its receipt/).waitFor());
  await page.getByText("True everywhere: no door opens to this any more.").waitFor();
  await page.getByText("2 of 2 doors acknowledged").waitFor();
  t.deepEqual(await reader.flaws(), [], "complete");
  t.deepEqual(reader.errors, []);

  // In French, at a desk in another zone: times are the property's.
  await building.manager.patch("/account", { language: "fr" });
  const elsewhere = await pages.reader(building.manager, { locale: "fr-FR", timeZone: "Asia/Tokyo" });
  await elsewhere.goes(`/manage/${world.property}/truth/people/${guest.id}`);
  await elsewhere.page.getByText("Vrai partout : plus aucune porte ne s’ouvre à cet accès.").waitFor();
  t.regex((await elsewhere.page.locator("time").first().textContent()) ?? "", /^1 janv\. 2026, 0[12]:\d\d$/);
  t.deepEqual(elsewhere.errors, []);
});
