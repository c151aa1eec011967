import type { PickedContact } from "./key-draft";

/** The Contact Picker API, where the browser has it (Chrome on Android). */
interface ContactsManager {
  select(properties: string[], options: { multiple: boolean }): Promise<{ name?: string[]; tel?: string[]; email?: string[] }[]>;
}

function manager(): ContactsManager | undefined {
  return (navigator as { contacts?: ContactsManager }).contacts;
}

export function hasContacts(): boolean {
  return manager() !== undefined;
}

/**
 * Lets somebody choose one of their phone's contacts (N3).
 * @returns undefined: they would rather not, or the phone does not let them.
 */
export async function pickContact(): Promise<PickedContact | undefined> {
  try {
    const [contact] = (await manager()?.select(["name", "tel", "email"], { multiple: false })) ?? [];
    if (contact === undefined) return undefined;
    const { name = [], tel = [], email = [] } = contact;
    return { name: name[0] ?? "", tel, email };
  } catch (error) {
    if (error instanceof DOMException || error instanceof TypeError) return undefined;
    throw error;
  }
}
