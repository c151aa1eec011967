import type { Language } from "../../explain";

/** The page's own words; those for what doors and phones answer are in phone/explain.ts. */
const ENGLISH = {
  signIn: "Sign in",
  identifier: "E-mail address or phone number",
  code: "The code that was sent to you",
  next: "Go on",
  doors: "Doors",
  refresh: "Renew keys",
  signOut: "Sign out and forget all keys",
  unlock: "Open",
  carry: "Bring news to this door",
  sent: "If that is right, a code is on its way.",
  wrong: "That did not work. Look at the code again, or have another one sent.",
  noBluetooth: "This browser has no Bluetooth for pages. Chrome and Edge have, on Android and on computers; on an iPhone no browser has.",
  handles: (count: number) => `${count} openings left without network`,
  carrying: (items: number, doors: number) => (items === 0 ? "Nothing to carry." : `Carries ${items} sealed messages for ${doors} doors.`),
};
export type Texts = typeof ENGLISH;

const FRENCH: Texts = {
  signIn: "Se connecter",
  identifier: "Adresse e-mail ou numéro de téléphone",
  code: "Le code que vous avez reçu",
  next: "Continuer",
  doors: "Portes",
  refresh: "Renouveler les clés",
  signOut: "Se déconnecter et oublier toutes les clés",
  unlock: "Ouvrir",
  carry: "Apporter les nouvelles à cette porte",
  sent: "Si c’est exact, un code est en route.",
  wrong: "Cela n’a pas marché. Vérifiez le code, ou demandez-en un autre.",
  noBluetooth: "Ce navigateur n’offre pas le Bluetooth aux pages. Chrome et Edge l’offrent, sous Android et sur ordinateur ; sur iPhone, aucun navigateur.",
  handles: (count) => `${count} ouvertures possibles sans réseau`,
  carrying: (items, doors) => (items === 0 ? "Rien à porter." : `Porte ${items} messages scellés pour ${doors} portes.`),
};

export function pageLanguage(): Language {
  return navigator.language.startsWith("fr") ? "fr" : "en";
}

export function textsIn(language: Language): Texts {
  return language === "fr" ? FRENCH : ENGLISH;
}
