import { plural } from "./plural";

/**
 * English. Sections are named after the rooms that say them; a translation is a copy of this file (`fr.ts`), of the
 * same shape (`Words`), and a line in `speaking.tsx`.
 */
export const en = {
  common: {
    product: "Latchkey",
    save: "Save",
    cancel: "Cancel",
    close: "Close",
    back: "Back",
    add: "Add",
    edit: "Edit",
    remove: "Remove",
    again: "Try again",
    more: "Show more",
    copy: "Copy",
    copied: "Copied",
    loading: "Loading…",
    none: "None",
    yes: "Yes",
    no: "No",
    optional: "optional",
    required: "This is needed.",
    search: "Search",
    doors: (count: number): string => plural("en", count, { one: "# door", other: "# doors" }),
    people: (count: number): string => plural("en", count, { one: "# person", other: "# people" }),
    timesOf: (zone: string): string => `Times of ${zone}`,
    changedMeanwhile: "Somebody else has changed this meanwhile. What you see now is theirs; look at it and change it again.",
    notFoundTitle: "There is nothing here",
    notFound: "The address is wrong, or what was here is gone, or you may not see it.",
    failedTitle: "Something went wrong on this page",
    failed: "Nothing was changed. Load the page anew; if it happens again, tell whoever runs this site.",
  },
  shell: {
    skip: "To the content",
    navigation: "Main",
    menu: "Menu",
    signIn: "Sign in",
    signOut: "Sign out",
    account: "Account",
    offline: "No network. What you see may be old; doors still open by phone and PIN.",
    home: "Home",
    manage: "Manage",
    properties: "Properties",
  },
  home: {
    doors: "My doors",
    household: "Household",
    notifications: "News",
    activity: "Activity",
  },
  sharing: {
    keys: "Keys",
    people: "People",
    groups: "Groups",
    profiles: "Profiles",
  },
  manage: {
    overview: "Overview",
    doors: "Doors",
    units: "Units",
    households: "Households",
    people: "People",
    staff: "Staff",
    events: "Events",
    audit: "Audit",
    rules: "Rules",
    settings: "Settings",
    import: "Import",
  },
  problems: {
    offline: "There is no network, or the site does not answer. If you were changing something, look whether it was changed before you try again.",
    fallback: "This did not work, and nothing was changed.",
  },
};

/** All that the pages say. A language is one file of this shape. */
export type Words = typeof en;
