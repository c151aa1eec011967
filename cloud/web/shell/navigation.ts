import type { Words } from "../language/en";
import type { Session } from "./session";

export interface NavigationGroup {
  title: string;
  links: readonly { href: string; label: string; /** Not current on pages below it. */ exact?: boolean }[];
}

/** Where one can go from here: one's own home, and the property that one is managing or could manage. */
export function navigationOf(session: Session, path: string, { home, sharing, manage, shell }: Words): NavigationGroup[] {
  if (session.state !== "account") return [];
  const own: NavigationGroup = {
    title: shell.home,
    links: [
      { href: "/", label: home.doors, exact: true },
      { href: "/household", label: home.household },
      { href: "/keys", label: sharing.keys },
      { href: "/people", label: sharing.people },
      { href: "/profiles", label: sharing.profiles },
      { href: "/groups", label: sharing.groups },
      { href: "/activity", label: home.activity },
      { href: "/notifications", label: home.notifications },
    ],
  };
  if (session.properties.length === 0) return [own];
  const id = /^\/manage\/([0-9a-f]{16})/.exec(path)?.[1];
  const property = session.properties.find((each) => each.id === id) ?? (session.properties.length === 1 ? session.properties[0] : undefined);
  if (property === undefined) return [{ title: shell.manage, links: [{ href: "/manage", label: shell.properties }] }, own];
  const at = `/manage/${property.id}`;
  const managed: NavigationGroup = {
    title: property.name,
    links: [
      ...(session.properties.length > 1 ? [{ href: "/manage", label: shell.properties, exact: true }] : []),
      { href: at, label: manage.overview, exact: true },
      { href: `${at}/doors`, label: manage.doors },
      { href: `${at}/households`, label: manage.households },
      { href: `${at}/units`, label: manage.units },
      { href: `${at}/people`, label: manage.people },
      { href: `${at}/staff`, label: manage.staff },
      { href: `${at}/truth`, label: manage.truth },
      { href: `${at}/keys`, label: sharing.keys },
      { href: `${at}/profiles`, label: sharing.profiles },
      { href: `${at}/groups`, label: sharing.groups },
      { href: `${at}/events`, label: manage.events },
      { href: `${at}/audit`, label: manage.audit },
      { href: `${at}/rules`, label: manage.rules },
      { href: `${at}/settings`, label: manage.settings },
      { href: `${at}/import`, label: manage.import },
    ],
  };
  return [managed, own];
}
