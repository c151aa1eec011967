import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { en, Words } from "./en";
import type { managingEn } from "./managing-en";
import { frenchBlanks, typeset } from "./typeset";

/** Each is loaded only where it is read: what the pages say weighs more than what they do. */
const LANGUAGES = {
  en: { name: "English", load: () => import("./en").then(({ en }) => en), loadManaging: () => import("./managing-en").then(({ managingEn }) => managingEn) },
  fr: { name: "Français", load: () => import("./fr").then(({ fr }) => typeset(fr, frenchBlanks)), loadManaging: () => import("./managing-fr").then(({ managingFr }) => typeset(managingFr, frenchBlanks)) },
} satisfies Record<string, { name: string; load: () => Promise<typeof en>; loadManaging: () => Promise<typeof managingEn> }>;

export type LanguageName = keyof typeof LANGUAGES;

export const LANGUAGE_NAMES = Object.entries(LANGUAGES).map(([code, { name }]) => ({ code: code as LanguageName, name }));

export function isLanguage(code: unknown): code is LanguageName {
  return typeof code === "string" && Object.hasOwn(LANGUAGES, code);
}

/** What the browser asks for, as far as there is such a language. */
export function browserLanguage(): LanguageName {
  for (const wanted of navigator.languages) {
    const [code] = wanted.toLowerCase().split("-");
    if (isLanguage(code)) return code;
  }
  return "en";
}

interface Language {
  code: LanguageName;
  words: Words;
}

const LanguageContext = createContext<Language | undefined>(undefined);
const ChooseContext = createContext<(language: LanguageName) => void>(() => undefined);

/**
 * Shows its children in a language once that is loaded; until then in the one before.
 * @param language that of whoever is signed in; undefined: that of the browser, or what they have chosen here.
 */
export function Speaking({ language, children }: { language: LanguageName | undefined; children: ComponentChildren }): JSX.Element | null {
  const [spoken, setSpoken] = useState<Language>();
  const [chosen, choose] = useState(browserLanguage);
  const wanted = language ?? chosen;
  useEffect(() => {
    let current = true;
    void LANGUAGES[wanted].load().then((words) => {
      if (!current) return;
      document.documentElement.lang = wanted;
      // What only managers read comes with their pages (SpeakingOfManaging); nothing else says any of it.
      setSpoken({ code: wanted, words: words as Words });
    });
    return () => void (current = false);
  }, [wanted]);
  if (spoken === undefined) return null;
  return (
    <ChooseContext.Provider value={choose}>
      <LanguageContext.Provider value={spoken}>{children}</LanguageContext.Provider>
    </ChooseContext.Provider>
  );
}

/** Adds the words of the pages below `/manage`; until they are there shows what there is to wait with. */
export function SpeakingOfManaging({ waiting, children }: { waiting: ComponentChildren; children: ComponentChildren }): JSX.Element {
  const { code, words } = useContext(LanguageContext)!;
  const [spoken, setSpoken] = useState<Language>();
  useEffect(() => {
    let current = true;
    void LANGUAGES[code].loadManaging().then((more) => (current ? setSpoken({ code, words: { ...words, ...more } }) : undefined));
    return () => void (current = false);
  }, [code, words]);
  return spoken === undefined ? <>{waiting}</> : <LanguageContext.Provider value={spoken}>{children}</LanguageContext.Provider>;
}

export function useWords(): Words {
  return useContext(LanguageContext)!.words;
}

/** For Intl and for what other libraries say. */
export function useLanguage(): LanguageName {
  return useContext(LanguageContext)!.code;
}

/** For whoever is not signed in: whoever is has a language in their account. */
export function useChooseLanguage(): (language: LanguageName) => void {
  return useContext(ChooseContext);
}
