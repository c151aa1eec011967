import type { Words } from "../language/en";
import type { IconName } from "./icons";
import type { Session } from "./session";

export interface NavigationLink {
  href: string;
  label: string;
  /** For those of the bar on phones. */
  icon?: IconName;
  /** How much there is new. */
  unread?: number;
  /** Not current on pages below it. */
  exact?: boolean;
}

export interface NavigationGroup {
  /** undefined: what comes first and needs none. */
  title: string | undefined;
  links: readonly NavigationLink[];
}

/** Where somebody can be: at home, or at a property that they manage. */
export interface Place {
  name: string;
  href: string;
  groups: readonly NavigationGroup[];
}

/** Where one is, and where one can go from there. */
export interface Navigation {
  place: Place;
  /** All places, if there is more than one's home: first the home, then properties by name. */
  places: readonly Pick<Place, "name" | "href">[];
}

/** @returns undefined for whoever is not signed in. */
export function navigationOf(session: Session, path: string, words: Words): Navigation | undefined {
  if (session.state !== "account" && session.state !== "offline") return undefined;
  const home = homeOf(words, session.state === "account" ? session.account.unread : 0);
  const properties = session.state === "account" ? [...session.properties].sort((one, other) => one.name.localeCompare(other.name)) : [];
  const places = properties.length === 0 ? [] : [home, ...properties.map(({ id, name }) => ({ name, href: `/manage/${id}` }))];
  if (!isBelow(path, "/manage") || properties.length === 0) return { place: home, places };
  const property = properties.find(({ id }) => isBelow(path, `/manage/${id}`));
  if (property === undefined) return { place: { name: words.shell.properties, href: "/manage", groups: [{ title: undefined, links: places.map(({ name, href }) => ({ label: name, href, exact: true })) }] }, places };
  return { place: managedPlace(property, words), places };
}

/** The four that the bar on phones has room for. */
export function mainLinks({ groups }: Place): NavigationLink[] {
  return groups.flatMap(({ links }) => links.filter(({ icon }) => icon !== undefined)).slice(0, 4);
}

export function isCurrent({ href, exact }: NavigationLink, path: string): boolean {
  return exact === true ? path === href : isBelow(path, href);
}

function isBelow(path: string, href: string): boolean {
  return path === href || path.startsWith(`${href}/`);
}

function homeOf({ home, sharing, shell }: Words, unread: number): Place {
  const first: NavigationLink[] = [
    { href: "/", label: home.doors, icon: "door", exact: true },
    { href: "/household", label: home.household, icon: "household" },
    { href: "/keys", label: sharing.keys, icon: "key" },
    { href: "/notifications", label: home.notifications, icon: "bell", unread },
  ];
  const more: NavigationLink[] = [
    { href: "/people", label: sharing.people },
    { href: "/activity", label: home.activity },
    { href: "/profiles", label: sharing.profiles },
  ];
  return { name: shell.home, href: "/", groups: [{ title: undefined, links: [...first, ...more] }] };
}

function managedPlace({ id, name }: { id: string; name: string }, { manage, sharing, shell }: Words): Place {
  const at = `/manage/${id}`;
  return {
    name,
    href: at,
    groups: [
      {
        title: undefined,
        links: [
          { href: at, label: manage.overview, icon: "overview", exact: true },
          { href: `${at}/doors`, label: manage.doors, icon: "door" },
        ],
      },
      {
        title: shell.whoLives,
        links: [
          { href: `${at}/households`, label: manage.households, icon: "household" },
          { href: `${at}/units`, label: manage.units },
          { href: `${at}/people`, label: manage.people },
          { href: `${at}/staff`, label: manage.staff },
        ],
      },
      {
        title: shell.keysAndTimes,
        links: [
          { href: `${at}/keys`, label: sharing.keys },
          { href: `${at}/profiles`, label: sharing.profiles },
          { href: `${at}/groups`, label: sharing.groups },
        ],
      },
      {
        title: shell.records,
        links: [
          { href: `${at}/truth`, label: manage.truth },
          { href: `${at}/events`, label: manage.events, icon: "list" },
          { href: `${at}/audit`, label: manage.audit },
        ],
      },
      {
        title: shell.property,
        links: [
          { href: `${at}/rules`, label: manage.rules },
          { href: `${at}/settings`, label: manage.settings },
          { href: `${at}/import`, label: manage.import },
        ],
      },
    ],
  };
}
