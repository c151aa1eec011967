import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import type { Words } from "./en";
import { frenchBlanks, typeset } from "./typeset";

/** Each is loaded only where it is read: what the pages say weighs more than what they do. */
const LANGUAGES = {
  en: { name: "English", load: () => import("./en").then(({ en }) => en) },
  fr: { name: "Français", load: () => import("./fr").then(({ fr }) => typeset(fr, frenchBlanks)) },
} satisfies Record<string, { name: string; load: () => Promise<Words> }>;

export type LanguageName = keyof typeof LANGUAGES;

export const LANGUAGE_NAMES = Object.entries(LANGUAGES).map(([code, { name }]) => ({ code: code as LanguageName, name }));

export function isLanguage(code: unknown): code is LanguageName {
  return typeof code === "string" && Object.hasOwn(LANGUAGES, code);
}

/** What the browser asks for, as far as there is such a language. */
function browserLanguage(): LanguageName {
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
      setSpoken({ code: wanted, words });
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
