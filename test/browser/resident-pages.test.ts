import test from "ava";
import { noBrowser } from "../support/chromium";
import { Building, lastToken, pinOf } from "../support/household";
import { Pages, PHONE, type Reader } from "../support/pages";
import { lastCode, signIn, siteClient } from "../support/sign-in";
import { World } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

/** The digits of a code that is shown on a page. */
async function shownCode({ page }: Reader, label: string): Promise<string> {
  await page.getByRole("button", { name: `Show: ${label}` }).first().click();
  await page.getByRole("button", { name: `Hide: ${label}` }).waitFor();
  return (await page.getByText(/^\d{6,8}$/).textContent())!;
}

/** Presses what leads on in the form that is there. */
const goOn = ({ page }: Reader): Promise<void> => page.getByRole("button", { name: "Go on" }).click();

inBrowser("O2, O3, O5, O6, O8-O14, M5, M6, M8: a household is run from its page: codes seen, people added, invited, edited, removed, and what they leave behind", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  await building.leaseholder(flat, "bo", { household: ada.household });
  await world.upToDate();
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(ada.client, { viewport: PHONE });
  const { page } = reader;

  // One's own code (O10): shown when asked for, gone when the page is hidden, and after a minute.
  await reader.goes("/household");
  const pin = await shownCode(reader, "Your code");
  t.true(front.types(pin));
  t.deepEqual(await reader.flaws(), [], "the household");
  await page.evaluate("Object.defineProperty(document, 'visibilityState', { value: 'hidden', configurable: true }); document.dispatchEvent(new Event('visibilitychange'))");
  await page.getByRole("button", { name: "Show: Your code" }).waitFor();
  t.false((await page.content()).includes(pin));
  await page.evaluate("delete document.visibilityState");
  t.is(await shownCode(reader, "Your code"), pin);
  await page.clock.fastForward(61_000);
  await page.getByRole("button", { name: "Show: Your code" }).waitFor();
  t.false((await page.content()).includes(pin));
  // O6: nobody puts a co-leaseholder out.
  await page.getByRole("link", { name: "bo", exact: true }).click();
  await page.getByText(/Only the manager can remove an administrator/).waitFor();
  t.is(await page.getByRole("button", { name: "Remove" }).count(), 0);

  // A guest without the app (O3, O8, O9), in four steps.
  await reader.goes("/household");
  await page.getByRole("link", { name: "Add somebody" }).click();
  await page.getByRole("radio", { name: "Permanent guest" }).check();
  await page.getByRole("radio", { name: /^Without the app/ }).check();
  await page.getByLabel("Name", { exact: true }).fill("Nan");
  t.deepEqual(await reader.flaws(), [], "who");
  await goOn(reader);
  await page.getByRole("heading", { name: "Which doors?" }).waitFor();
  await goOn(reader);
  await page.getByText("Choose at least one door.").waitFor();
  await page.getByRole("checkbox", { name: "door 0" }).check();
  await goOn(reader);
  await page.getByLabel("Until").fill("2026-03-01T12:00");
  t.deepEqual(await reader.flaws(), [], "when");
  await goOn(reader);
  await page.getByRole("heading", { name: "Is it right?" }).waitFor();
  await page.getByRole("button", { name: "Add", exact: true }).click();
  await page.getByRole("heading", { name: "Nan has a code" }).waitFor();
  const nans = await shownCode(reader, "Code of Nan");
  await world.upToDate();
  t.true(front.types(nans));
  t.false(garage.types(nans));

  // Two who edit at once do not undo each other; the garage is added.
  const other = await pages.reader(ada.client);
  for (const each of [reader, other]) {
    await each.goes("/household");
    await each.page.getByRole("link", { name: "Nan" }).click();
    await each.page.getByRole("link", { name: "Edit" }).click();
    await each.page.getByRole("checkbox", { name: "door 1" }).check();
  }
  await page.getByLabel("Name", { exact: true }).fill("Nanny");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("heading", { level: 1, name: "Nanny" }).waitFor();
  await other.page.getByRole("button", { name: "Save" }).click();
  await other.page.getByRole("alert").getByText("Nanny").waitFor();
  t.deepEqual(await other.flaws(), [], "changed meanwhile");
  await world.upToDate();
  t.true(garage.types(nans), "the same code");

  // Her access is paused and resumed; then she gets another code (O14), and the one before goes on as the rules say.
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Pause" }).click();
  await page.getByText("The access of Nanny is paused: nothing opens until somebody resumes it.").waitFor();
  await world.upToDate();
  t.false(front.types(nans));
  t.is(front.lastDecision, "denied: suspended");
  await page.getByRole("button", { name: "Resume" }).click();
  await page.getByRole("button", { name: "Pause" }).waitFor();
  await page.getByRole("button", { name: "New code" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "New code" }).click();
  await page.getByText(/The code before still opens until/).waitFor();
  await page.getByText(/^Not yet at /).waitFor();
  await world.upToDate();
  const newer = await shownCode(reader, "Code of Nanny");
  t.not(newer, nans);
  t.true(front.types(newer));
  t.true(front.types(nans));

  // O5: what the manager forbids is not offered, and said.
  await building.rules({ mayAddGuests: false });
  await reader.goes("/household");
  await page.getByText("The manager does not let households here add permanent guests.").waitFor();
  await page.getByRole("link", { name: "Add somebody" }).click();
  t.true(await page.getByRole("radio", { name: "Permanent guest" }).isDisabled());

  // Kim is invited by e-mail (M5), sees what is offered before signing in, and nothing opens before that (M6).
  await page.getByLabel("E-mail address").fill("kim@example.com");
  await goOn(reader);
  await goOn(reader);
  await goOn(reader);
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await page.getByRole("heading", { name: "kim@example.com is invited" }).waitFor();
  const dead = await lastToken(world, "kim@example.com", "invitation");
  await page.getByRole("link", { name: "To the household" }).click();
  await page.getByRole("link", { name: "kim@example.com" }).click();
  await page.getByText("Until then nothing opens.").waitFor();
  t.deepEqual(await reader.flaws(), [], "pending");
  await page.getByRole("button", { name: "Send again" }).click();
  await page.getByText("Sent again. The link before is dead.").waitFor();
  const invited = await pages.reader(undefined, { viewport: { width: 320, height: 640 } });
  await invited.goes(`/invitation#${dead}`);
  await invited.page.getByRole("heading", { name: "This link leads nowhere any more" }).waitFor();
  await invited.goes("/activity");
  await invited.goes(`/invitation#${await lastToken(world, "kim@example.com", "invitation")}`);
  await invited.page.getByRole("heading", { name: "ada invites you to Flat 1, Rue des Lilas 7." }).waitFor();
  t.deepEqual(await invited.flaws(), [], "the invitation");
  await signsIn(invited, "kim.at.home@example.org", "Kim"); // at another address than was invited (M8)
  await invited.page.getByRole("button", { name: "Accept" }).click();
  await invited.page.getByRole("heading", { name: "Accepted" }).waitFor();
  t.false(invited.page.url().includes("#"), "the link's token is not left behind");
  await world.upToDate();

  // Kim sees their own code, and gives a third party another (O12).
  await invited.page.getByRole("link", { name: "To the household" }).click();
  const kims = await shownCode(invited, "Your code");
  t.true(front.types(kims));
  await invited.page.getByRole("link", { name: "Give a code" }).click();
  await invited.page.getByLabel("For whom?").fill("Parcel service");
  await invited.page.getByRole("checkbox", { name: "door 0" }).check();
  await invited.page.getByLabel("Until").fill("2026-02-01T12:00");
  t.deepEqual(await invited.flaws(), [], "giving a code");
  await invited.page.getByRole("button", { name: "Give the code" }).click();
  await invited.page.getByRole("heading", { name: "Parcel service has a code" }).waitFor();
  const parcel = await shownCode(invited, "Code of Parcel service");
  await world.upToDate();
  t.true(front.types(parcel));

  // Ada removes Kim (O11): one confirmation, then the truth per door; what Kim gave stays (O12), until Ada ends it.
  await world.isolate(garage);
  await reader.goes("/household");
  await page.getByRole("link", { name: "Kim", exact: true }).click();
  await page.getByRole("button", { name: "Remove" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByText(/All access of Kim to this household ends at once: code, phone and fobs, at all doors of the household \(door 0 and door 1\)/).waitFor();
  t.deepEqual(await reader.flaws(), [], "before removing");
  await reader.during(dialog.getByRole("button", { name: "Remove" }).click());
  await reader.during(page.getByText("1 of 2 doors acknowledged").waitFor());
  await page.getByText(/No limit until the door is reached|May open until/).first().waitFor();
  t.deepEqual(await reader.flaws(), [], "the truth");
  t.false(front.types(kims));
  t.true(garage.types(kims), "as the page says");
  t.true(front.types(parcel));
  await reader.goes("/household");
  await page.getByText("invited by Kim (removed)").waitFor();
  await page.getByText("Not yet true at every door").waitFor();
  await page.getByRole("link", { name: "Parcel service" }).click();
  await page.getByRole("button", { name: "End it" }).click();
  await reader.during(page.getByRole("dialog").getByRole("button", { name: "End it" }).click());
  await page.getByRole("heading", { level: 1, name: "Access of Parcel service" }).waitFor();
  await world.upToDate();
  t.false(front.types(parcel));
  await world.reconnect(garage);
  await reader.during(page.goto(`/household/${ada.household}`));
  await reader.during(page.getByText("No door may still open").nth(1).waitFor());
  t.deepEqual([...reader.errors, ...other.errors, ...invited.errors], []);
});

/** Signs somebody in where a page asks for it, with the code that is sent to them. */
async function signsIn({ page, world }: Reader, address: string, name?: string): Promise<void> {
  await page.getByLabel(/^E-mail address/).fill(address);
  await page.getByRole("button", { name: "Send me a code" }).click();
  await page.getByLabel("The code that was sent to you").waitFor();
  await page.getByLabel("The code that was sent to you").fill(await lastCode(world, address));
  await page.getByRole("main").getByRole("button", { name: "Sign in" }).click();
  if (name === undefined) return;
  await page.getByLabel("What is your name?").fill(name);
  await page.getByRole("button", { name: "Go on" }).click();
}

inBrowser("M4, M7, M9, N13, O4, O15: links of leases and managers are followed, invitations answered, and one is told of what one may see", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 2 });
  const [front, garage] = world.doors;
  const building = await Building.of(world);
  const flat = await building.flat("Flat 1");
  const ada = await building.leaseholder(flat, "ada");
  const gus = await signIn(world, "gus@example.com", { name: "Gus", language: "fr" });
  await ada.client.post(`/households/${ada.household}/members`, { role: "guest", email: "gus@example.com", doors: [front.id], end: "2026-03-01T00:00:00Z", windows: [{ days: ["monday", "tuesday"], start: "08:00", end: "18:00" }] });
  await world.upToDate();
  const pages = await Pages.open(t, world);

  // M7: it waits in the app, in French; nothing opens before it is accepted.
  const guest = await pages.reader(gus, { viewport: PHONE, locale: "fr-FR" });
  await guest.goes("/household");
  await guest.page.getByRole("heading", { name: "En attente de votre réponse" }).waitFor();
  t.deepEqual(await guest.flaws(), [], "invitations in French");
  await guest.page.getByRole("button", { name: "Accepter" }).click();
  await guest.page.getByRole("heading", { level: 1, name: "Flat 1" }).waitFor();
  t.is(await guest.page.getByRole("link", { name: "Ajouter quelqu’un" }).count(), 0, "a guest adds nobody (O4)");
  t.is(await guest.page.getByRole("heading", { name: "Qui habite ici" }).count(), 0, "and sees nobody");
  t.deepEqual(await guest.flaws(), [], "a guest's household");
  await world.upToDate();

  // N13: a rule, and what it tells; O15: of oneself and of one's guests.
  const reader = await pages.reader(ada.client, { viewport: PHONE });
  const { page } = reader;
  await reader.goes("/activity");
  await page.getByText("Nothing has happened yet").waitFor();
  await reader.goes("/notifications");
  await page.getByText("You have not asked to be told of anything.", { exact: false }).waitFor();
  t.deepEqual(await reader.flaws(), [], "no news");
  await page.getByRole("link", { name: "New rule" }).click();
  await page.getByLabel("Where").selectOption({ label: "door 0" });
  await page.getByRole("checkbox", { name: "Somebody is refused" }).check();
  t.deepEqual(await reader.flaws(), [], "a rule");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("link", { name: "A door is opened · Somebody is refused" }).waitFor();
  t.deepEqual(await reader.flaws(), [], "rules");
  const adas = await pinOf(ada.client, ada.person);
  const { places } = await gus.get("/account/places");
  t.true(front.types(adas));
  t.true(garage.types(adas));
  const guests = await pinOf(gus, places[0].person);
  t.is(front.types(guests), isOpenHour(world));
  await world.until("all have arrived", async () => (await ada.client.get("/events")).items.length === 3);
  await world.until("and were told", async () => (await ada.client.get("/account/notifications")).items.length === 2);
  // Back at the page one sees that there is something new.
  await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))");
  await page.getByRole("link", { name: "News (2 new)" }).waitFor();
  await reader.goes("/notifications");
  await page.getByText("You opened door 0").waitFor();
  t.is(await page.getByText("You opened door 1").count(), 0, "the rule is for door 0");
  t.deepEqual(await reader.flaws(), [], "news");
  await page.getByRole("button", { name: "Mark all as read" }).click();
  await page.getByText("All is marked as read.").waitFor();
  t.is(await page.getByText("new", { exact: true }).count(), 0);
  await page.getByRole("link", { name: "News", exact: true }).waitFor();
  await reader.goes("/activity");
  await page.getByText("You opened door 1").waitFor();
  await page.getByText(/^Gus /).waitFor();
  t.deepEqual(await reader.flaws(), [], "activity");
  await guest.goes("/activity");
  await guest.page.getByText(/^Vous\s: /).waitFor();
  t.is(await guest.page.getByText(/ada/i).count(), 0, "a guest sees themselves alone");

  // M4: a lease that matches no account is linked by its link, and declined by nobody; M9: it ends, the account stays.
  const { leases } = await building.manager.post("/leases", { unit: await building.flat("Flat 2"), leaseholders: [{ name: "Cleo", email: "cleo@work.example", phone: "+33612345671" }] });
  const cleo = await pages.reader(undefined);
  await cleo.goes(`/lease#${await lastToken(world, "cleo@work.example")}`);
  await cleo.page.getByRole("heading", { name: "Your new home" }).waitFor();
  t.is(await cleo.page.getByRole("button", { name: "Decline" }).count(), 0);
  t.deepEqual(await cleo.flaws(), [], "a lease");
  await signsIn(cleo, "cleo@home.example", "Cleo");
  await cleo.page.getByRole("button", { name: "Link it to my account" }).click();
  await cleo.page.getByRole("heading", { name: "Accepted" }).waitFor();
  await cleo.goes("/household");
  await world.upToDate();
  t.true(garage.types(await shownCode(cleo, "Your code")));
  await building.manager.post(`/leases/${leases[0].person}/end`, {}, 200);
  await cleo.goes("/household");
  await cleo.page.getByRole("heading", { name: "Where you were before" }).waitFor();
  t.deepEqual(await cleo.flaws(), [], "moved out");

  // M8: whoever has the link declines, without an account too.
  await ada.client.post(`/households/${ada.household}/members`, { role: "resident", email: "rob@example.com" });
  const rob = await pages.reader(undefined, { viewport: PHONE });
  await rob.goes(`/invitation#${await lastToken(world, "rob@example.com", "invitation")}`);
  await rob.page.getByRole("button", { name: "Decline" }).click();
  await rob.page.getByRole("dialog").getByRole("button", { name: "Decline" }).click();
  await rob.page.getByRole("heading", { name: "You have declined" }).waitFor();

  // Whoever is to manage the property follows a link as well.
  await siteClient(world).post(`/properties/${world.property}/managers`, { email: "mia@example.com" });
  const mia = await pages.reader(undefined, { viewport: PHONE });
  await mia.goes("/activity");
  await mia.goes(`/manager-invitation#${await lastToken(world, "mia@example.com", "manager-invitation")}`);
  t.deepEqual(await mia.flaws(), [], "managing");
  await signsIn(mia, "mia@example.com", "Mia");
  await mia.page.getByRole("button", { name: "Accept" }).click();
  await mia.page.getByRole("heading", { name: "You manage this property now" }).waitFor();
  t.is((await building.manager.get(`/properties/${world.property}/managers`)).items.length, 2);
  t.deepEqual([guest, reader, cleo, rob, mia].flatMap(({ errors }) => errors), []);
});

/** Whether it is Monday or Tuesday in the daytime, in Paris. */
function isOpenHour(world: World): boolean {
  const now = new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/Paris", weekday: "short", hour: "numeric" }).formatToParts(world.clock.unixMs);
  const part = (type: string): string => now.find((each) => each.type === type)!.value;
  return ["Mon", "Tue"].includes(part("weekday")) && Number(part("hour")) >= 8 && Number(part("hour")) < 18;
}
