import test, { type ExecutionContext } from "ava";
import { noBrowser } from "../support/chromium";
import { Building, managerOf } from "../support/household";
import { DESKTOP, Pages, PHONE, type Reader } from "../support/pages";
import { Client } from "../support/sign-in";
import { World, type Json } from "../support/world";

if (noBrowser !== undefined) console.log(`# tests in a browser are skipped: ${noBrowser}`);
const inBrowser = noBrowser === undefined ? test.serial : test.skip;

/** A Wednesday, noon in Paris. */
const WEDNESDAY_NOON = Date.parse("2026-06-03T10:00:00Z");

/** What is wrong with how a page looks and reads, on a desk and on a phone. */
async function seen(t: ExecutionContext, reader: Reader, what: string): Promise<void> {
  await reader.settled();
  for (const viewport of [PHONE, DESKTOP]) {
    await reader.page.setViewportSize(viewport);
    t.deepEqual(await reader.flaws(), [], `${what}, ${viewport.width} px`);
  }
}

/** A place on the drawn week, in pixels. @param hour of the day. */
async function placeOf({ page }: Reader, day: number, hour: number): Promise<[x: number, y: number]> {
  const board = page.getByRole("group", { name: "The week, drawn" }).locator(".week-board");
  const { x, y, width, height } = (await board.boundingBox())!;
  return [x + (width * (day + 0.5)) / 7, y + (height * hour) / 24];
}

async function drags(reader: Reader, from: [day: number, hour: number], to: [day: number, hour: number]): Promise<void> {
  const { mouse } = reader.page;
  await mouse.move(...(await placeOf(reader, ...from)));
  await mouse.down();
  await mouse.move(...(await placeOf(reader, (from[0] + to[0]) / 2, (from[1] + to[1]) / 2)), { steps: 2 });
  await mouse.move(...(await placeOf(reader, ...to)));
  await mouse.up();
}

inBrowser("N9, S2, S11: a profile is drawn as a week by mouse and by keys, and the door goes by it; of two managers who change it at once, neither undoes the other", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 1, start: WEDNESDAY_NOON });
  const [door] = world.doors;
  const building = await Building.of(world);
  const { manager } = building;
  const other = await managerOf(world, world.property, "other@example.com");
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(manager);
  const { page } = reader;
  const at = `/manage/${world.property}/profiles`;

  await reader.goes(at);
  await page.getByText("No profiles yet").waitFor();
  await seen(t, reader, "no profiles");
  await page.getByRole("link", { name: "Add a profile" }).first().click();
  await page.getByLabel("Name").fill("Cleaning");
  await page.getByLabel("At certain times").check();
  await page.getByRole("button", { name: "Add the profile" }).click();
  t.regex(page.url(), /new$/, "an empty week is not taken for any time at all");

  // Monday to Wednesday by one drag, one of them longer, and one refused.
  await drags(reader, [0, 9], [2, 11]);
  await drags(reader, [2, 10.95], [2, 13]);
  const drawn = page.getByRole("group", { name: "The week, drawn" });
  t.true(await drawn.getByRole("button", { name: "Wednesday 09:00–13:00", exact: true }).isVisible());
  await drags(reader, [1, 10], [2, 10.5]);
  await page.getByText("There is Wednesday 09:00–13:00 already.").waitFor();
  await seen(t, reader, "a week drawn");
  await reader.during(page.getByRole("button", { name: "Add the profile" }).click());
  await page.getByText("Nothing goes by this profile yet.").waitFor();
  const { items } = await manager.get(`/profiles?property=${world.property}`);
  const { id, windows } = items.find((each: Json) => each.name === "Cleaning");
  const morning = { days: ["monday", "tuesday"], start: "09:00", end: "11:00", onHolidays: false };
  t.deepEqual(windows, [morning, { ...morning, days: ["wednesday"], end: "13:00" }]);

  const { codes } = await manager.post("/keys", { property: world.property, kind: "pin", name: "Plumber", user: { name: "Paula" }, doors: [door.id], profile: id });
  await world.upToDate();
  t.true(door.types(codes[0].pin));

  /** Saves, until the door has it: what was acknowledged before still stands there for a moment. */
  const saves = async (): Promise<void> => {
    await reader.during(Promise.all([page.waitForResponse((response) => response.request().method() === "PATCH" && response.ok()), page.getByRole("button", { name: "Save for all its keys" }).click()]));
    await world.upToDate();
    await reader.during(page.getByText("✓ acknowledged").waitFor());
  };

  // By keys: Wednesday begins and ends an hour later, then two days later, and ends two hours sooner.
  await reader.goes(`${at}/${id}`);
  await drawn.getByRole("button", { name: "Wednesday 09:00–13:00" }).focus();
  for (const key of ["ArrowDown", "ArrowDown", "ArrowDown", "ArrowDown", "ArrowRight", "ArrowRight"]) await page.keyboard.press(key);
  for (let step = 0; step < 8; step++) await page.keyboard.press("Shift+ArrowUp");
  t.is(await page.evaluate("document.activeElement.getAttribute('aria-label')"), "Friday 10:00–12:00");
  await saves();
  t.false(door.types(codes[0].pin));
  t.is(door.lastDecision, "denied: outside-schedule");

  // Somebody else saves meanwhile: theirs is shown, what was entered stays, and is saved on purpose.
  const { version } = await other.get(`/profiles/${id}`);
  await other.patch(`/profiles/${id}`, { name: "Cleaning team" }, `"${version}"`);
  const row = page.getByRole("group", { name: "Time 1" });
  await row.getByLabel("Wednesday").check();
  await row.getByLabel("Until").fill("08:00");
  await page.getByText("on the following day").waitFor();
  await row.getByLabel("Until").fill("14:00");
  await page.getByRole("button", { name: "Save for all its keys" }).click();
  await page.getByRole("alert").filter({ hasText: "Cleaning team" }).waitFor();
  t.deepEqual((await manager.get(`/profiles/${id}`)).name, "Cleaning team", "nothing is undone");
  await seen(t, reader, "changed meanwhile");
  await saves();
  t.true(door.types(codes[0].pin));

  // A list with a mistake in it is not sent, and says why.
  await row.getByLabel("Friday").check();
  await page.getByText("This overlaps Friday 09:00–14:00.").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();

  // Whoever lives here has profiles of their own for what they share, and reads the property's; in French, on a phone.
  const tenant = (await building.leaseholder(await building.flat("Flat 1"), "lea")).client;
  await tenant.patch("/account", { language: "fr" });
  const lea = await pages.reader(tenant, { viewport: PHONE, locale: "fr-FR" });
  await lea.goes("/profiles");
  await lea.page.getByRole("link", { name: "Ajouter un profil" }).click();
  await lea.page.getByLabel("Nom").fill("Ménage");
  await lea.page.getByLabel("À certaines heures").check();
  await lea.page.getByRole("button", { name: "En semaine, 08:00–18:00" }).click();
  await seen(t, lea, "a profile in French");
  await lea.page.getByRole("button", { name: "Ajouter le profil" }).click();
  await lea.page.getByText("Rien ne suit encore ce profil.").waitFor();
  const own = (await tenant.get(`/profiles?property=${world.property}`)).items.find((each: Json) => each.name === "Ménage");
  t.like(own, { own: true, windows: [{ days: ["monday", "tuesday", "wednesday", "thursday", "friday"], start: "08:00", end: "18:00", onHolidays: false }] });
  await lea.page.getByRole("button", { name: "Retirer ce profil" }).click();
  await lea.page.getByRole("dialog").getByRole("button", { name: "Retirer ce profil" }).click();
  await lea.page.getByRole("link", { name: "Cleaning" }).click();
  await lea.page.getByText("Ce profil est celui de l’immeuble").waitFor();
  await seen(t, lea, "the property's profile, to read");
  t.deepEqual([...reader.errors, ...lea.errors], []);
});

inBrowser("N12, O5, O14, X3: rules, groups, holidays and staleness are set in pages, and doors follow; a program's token opens and ends", async (t) => {
  t.timeout(120_000);
  const world = await World.begin(t, { doors: 2, start: WEDNESDAY_NOON });
  const [front, workshop] = world.doors;
  const building = await Building.of(world);
  const { manager } = building;
  const ana = await world.addPerson({ name: "Ana Silva", doors: [front] });
  const bruno = await world.addPerson({ name: "Bruno", class: "staff", doors: [front], grant: { windows: [{ days: ["wednesday"], start: "08:00", end: "18:00" }] } });
  const pages = await Pages.open(t, world);
  const reader = await pages.reader(manager);
  const { page } = reader;
  const at = `/manage/${world.property}`;
  const save = (section: string): Promise<void> => reader.during(page.getByRole("region", { name: section }).or(page.locator("section.card").filter({ has: page.getByRole("heading", { name: section, exact: true }) })).first().getByRole("button", { name: "Save", exact: true }).click());

  await reader.goes(`${at}/groups`);
  await page.getByText("Groups are switched off").waitFor();
  await page.getByRole("link", { name: "To the rules" }).click();
  await page.getByLabel("Use groups").check();
  await save("Groups");
  await page.getByText("Saved.").waitFor();
  await page.getByLabel("They may add permanent guests").uncheck();
  // Somebody else changes the same part meanwhile, which is shown, and none of what this page does not touch is undone.
  await building.rules({ shareDaysMax: 30, pinOverlapDays: 3 });
  await save("Whom households may add");
  await page.getByRole("alert").filter({ hasText: "30 days" }).waitFor();
  await page.getByRole("button", { name: "Go on from theirs" }).click();
  await page.getByLabel("They may add permanent guests").uncheck();
  await save("Whom households may add");
  await page.getByLabel("Codes renew by themselves").fill("90");
  await save("Codes");
  await world.until("the rules are saved", async () => (await manager.get(`/properties/${world.property}/rules`)).pinRenewalDays === 90);
  t.like(await manager.get(`/properties/${world.property}/rules`), { mayAddGuests: false, groups: true, shareDaysMax: 30, pinOverlapDays: 3 });
  await seen(t, reader, "rules");

  t.false(workshop.types(ana.pin));
  await reader.goes(`${at}/groups/new`);
  await page.getByLabel("Name").fill("Workshop");
  await page.getByLabel("door 1").check();
  await page.getByLabel("Open its doors from afar").check();
  await page.getByRole("button", { name: "Add the group" }).click();
  await page.getByLabel("Put somebody in").fill("ana");
  await reader.during(page.getByRole("button", { name: "Put in Ana Silva" }).click());
  await page.getByRole("button", { name: "Take out Ana Silva" }).waitFor();
  await world.upToDate();
  t.true(workshop.types(ana.pin));
  await page.getByRole("button", { name: "Take out Ana Silva" }).click();
  await page.getByRole("dialog").getByText("Ana Silva will not open door 1 by this group any more.").waitFor();
  await reader.during(page.getByRole("dialog").getByRole("button", { name: "Take out" }).click());
  await reader.during(page.getByRole("heading", { name: "Access that ended just now: Ana Silva" }).waitFor());
  await world.upToDate();
  t.false(workshop.types(ana.pin));
  t.true(front.types(ana.pin), "what she has without the group stays");
  await seen(t, reader, "somebody has left");
  await reader.goes(`${at}/groups`);
  await seen(t, reader, "groups");

  // A holiday: staff stay out.
  t.true(front.types(bruno.pin));
  await reader.goes(`${at}/settings`);
  await page.getByLabel("Day").fill("2026-06-03");
  await page.getByRole("button", { name: "Add a day" }).click();
  await save("Holidays");
  await page.getByLabel("Guests get in for so many hours").fill("6");
  await save("When a door hears nothing");
  await world.until("both are saved", async () => (await manager.get(`/properties/${world.property}`)).staleness.guestSeconds === 6 * 3_600);
  t.deepEqual((await manager.get(`/properties/${world.property}`)).holidays, ["2026-06-03"]);
  await world.upToDate();
  t.false(front.types(bruno.pin));
  t.is(front.lastDecision, "denied: holiday");
  // When doors may get other software, for the site's roll-outs.
  const hours = page.locator("section", { has: page.getByRole("heading", { name: "New software for doors" }) });
  await hours.getByLabel("From").fill("13:30");
  await hours.getByRole("button", { name: "Save" }).click();
  await world.until("the hours are saved", async () => (await manager.get(`/properties/${world.property}/update-hours`)).start === "13:30");
  await seen(t, reader, "settings");

  await page.getByRole("link", { name: "Managers" }).click();
  await page.getByRole("button", { name: "Invite a manager" }).click();
  await page.getByLabel("E-mail address").fill("second@example.com");
  await page.getByRole("button", { name: "Send the invitation" }).click();
  await page.getByRole("button", { name: "Withdraw the invitation of second@example.com" }).waitFor();
  await seen(t, reader, "managers");

  await reader.goes(`${at}/settings/programs`);
  await page.getByRole("button", { name: "Add a token" }).click();
  await page.getByLabel("Name of the program").fill("Bookings");
  await page.getByRole("button", { name: "Make the token" }).click();
  await page.getByRole("button", { name: "Show: The token of Bookings" }).click();
  const token = await page.locator(".digits").textContent();
  await world.until("the token is there", async () => (await new Client(world, token!).send("GET", `/properties/${world.property}`)).status === 200);
  await page.getByRole("button", { name: "I have put it in its place" }).click();
  await page.getByRole("button", { name: "Add an address" }).click();
  await page.getByRole("textbox", { name: "Address" }).fill("https://programs.example/latchkey");
  await page.getByRole("button", { name: "Add the address" }).click();
  await page.getByRole("button", { name: "I have put it in its place" }).click();
  await seen(t, reader, "programs");
  await page.getByRole("button", { name: "End the token of Bookings" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End" }).click();
  await page.getByText("No program has a token.").waitFor();
  t.is((await new Client(world, token!).send("GET", `/properties/${world.property}`)).status, 401);
  await page.getByRole("link", { name: "https://programs.example/latchkey" }).click();
  await page.getByRole("button", { name: "Pause" }).click();
  await page.getByText("It is sent nothing.").waitFor();
  await seen(t, reader, "a webhook");
  t.deepEqual(reader.errors, []);
});
