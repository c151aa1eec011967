import type { Words } from "./dictionary";
import type { Language } from "./explain";
import type { FobFailure, FobOutcome } from "./fob-editor";

interface FobDictionary {
  staged: Words;
  committed: Words;
  /** Added where the cloud does not know yet. */
  untold: string;
  failures: Record<FobFailure, Words>;
}

const ENGLISH: FobDictionary = {
  staged: { said: "The fob has its new buttons, but does not use them yet.", advice: "Hold buttons 2 and 4 once more until both lights blink, then tap again." },
  committed: { said: "Done: the fob's buttons are set." },
  untold: "Go online once, so that the doors hear of it.",
  failures: {
    "no-bluetooth": { said: "Bluetooth is off or not allowed.", advice: "Switch it on, and allow it for this app." },
    "no-fob": { said: "No fob answers.", advice: "Hold its buttons 2 and 4 until both lights blink, and keep it close." },
    "not-chosen": { said: "No fob was chosen." },
    "connection-lost": { said: "The fob went silent.", advice: "Keep it close to the phone, and try again." },
    "wrong-fob": { said: "This is another fob.", advice: "Take the one that this key is for." },
    "no-assignment": { said: "There is nothing to bring to this fob yet.", advice: "Go online once." },
    "not-understood": { said: "What answers is not one of our fobs." },
    "button-taken": { said: "A button of this fob opens something already.", advice: "Clear it first, save that, and then assign it." },
    "not-taken": { said: "The fob does not accept this.", advice: "Go online and try again: there may be something newer for it." },
    cancelled: { said: "Cancelled." },
    "signed-out": { said: "You are signed out.", advice: "Sign in, and try again." },
    busy: { said: "That was too often.", advice: "Wait a minute." },
    refused: { said: "You may not change this fob." },
    trouble: { said: "Something went wrong at the server.", advice: "Try again later." },
  },
};

const FRENCH: FobDictionary = {
  staged: { said: "Le badge a reçu ses nouveaux boutons, mais ne les utilise pas encore.", advice: "Tenez les boutons 2 et 4 encore une fois jusqu'à ce que les deux voyants clignotent, puis touchez à nouveau." },
  committed: { said: "C'est fait : les boutons du badge sont réglés." },
  untold: "Connectez-vous une fois à Internet pour que les portes l'apprennent.",
  failures: {
    "no-bluetooth": { said: "Le Bluetooth est éteint ou n'est pas autorisé.", advice: "Allumez-le et autorisez-le pour cette application." },
    "no-fob": { said: "Aucun badge ne répond.", advice: "Tenez ses boutons 2 et 4 jusqu'à ce que les deux voyants clignotent, et gardez-le tout près." },
    "not-chosen": { said: "Aucun badge n'a été choisi." },
    "connection-lost": { said: "Le badge ne répond plus.", advice: "Gardez-le près du téléphone et réessayez." },
    "wrong-fob": { said: "C'est un autre badge.", advice: "Prenez celui auquel cette clé est destinée." },
    "no-assignment": { said: "Il n'y a encore rien à apporter à ce badge.", advice: "Connectez-vous une fois à Internet." },
    "not-understood": { said: "Ce qui répond n'est pas un de nos badges." },
    "button-taken": { said: "Un bouton de ce badge ouvre déjà quelque chose.", advice: "Libérez-le d'abord, enregistrez, puis attribuez-le." },
    "not-taken": { said: "Le badge n'accepte pas cela.", advice: "Connectez-vous et réessayez : il y a peut-être plus récent pour lui." },
    cancelled: { said: "Annulé." },
    "signed-out": { said: "Vous êtes déconnecté.", advice: "Connectez-vous et réessayez." },
    busy: { said: "C'était trop souvent.", advice: "Attendez une minute." },
    refused: { said: "Vous ne pouvez pas modifier ce badge." },
    trouble: { said: "Le serveur a rencontré un problème.", advice: "Réessayez plus tard." },
  },
};

const DICTIONARIES: Record<Language, FobDictionary> = { en: ENGLISH, fr: FRENCH };

/** How a visit to a fob ended. */
export function explainFob(outcome: FobOutcome, language: Language): Words {
  const words = DICTIONARIES[language];
  if (outcome.did === "nothing") return words.failures[outcome.why];
  const { said, advice } = words[outcome.did];
  const advices = [advice, outcome.told ? undefined : words.untold].filter((text) => text !== undefined);
  return advices.length === 0 ? { said } : { said, advice: advices.join(" ") };
}
