import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { en, type Words } from "./en";

/** Each is loaded only where it is read. English comes with the pages: it is what others are made from. */
const LANGUAGES = {
  en: { name: "English", load: () => Promise.resolve(en) },
  fr: { name: "Français", load: () => import("./fr").then(({ fr }) => fr) },
} satisfies Record<string, { name: string; load: () => Promise<Words> }>;

export type LanguageName = keyof typeof LANGUAGES;

export const LANGUAGE_NAMES = Object.entries(LANGUAGES).map(([code, { name }]) => ({ code: code as LanguageName, name }));

/** What the browser asks for, as far as there is such a language. */
export function browserLanguage(): LanguageName {
  for (const wanted of navigator.languages) {
    const [code] = wanted.toLowerCase().split("-");
    if (code in LANGUAGES) return code as LanguageName;
  }
  return "en";
}

interface Language {
  code: LanguageName;
  words: Words;
}

const LanguageContext = createContext<Language>({ code: "en", words: en });

/** Shows its children in a language once that is loaded; until then in the one before. */
export function Speaking({ language, children }: { language: LanguageName; children: ComponentChildren }): JSX.Element | null {
  const [spoken, setSpoken] = useState<Language>();
  useEffect(() => {
    let wanted = true;
    void LANGUAGES[language].load().then((words) => {
      if (!wanted) return;
      document.documentElement.lang = language;
      setSpoken({ code: language, words });
    });
    return () => void (wanted = false);
  }, [language]);
  return spoken === undefined ? null : <LanguageContext.Provider value={spoken}>{children}</LanguageContext.Provider>;
}

export function useWords(): Words {
  return useContext(LanguageContext).words;
}

/** For Intl and for what other libraries say. */
export function useLanguage(): LanguageName {
  return useContext(LanguageContext).code;
}
