import { createContext, type ComponentChildren, type JSX } from "preact";
import { useContext, useEffect, useState } from "preact/hooks";
import { en, type Words } from "./en";
import { fr } from "./fr";

/** A language more is a file more, and a line here. */
const LANGUAGES = { en: { name: "English", words: en }, fr: { name: "Français", words: fr } } satisfies Record<string, { name: string; words: Words }>;
const KEPT = "latchkey-building-language";

export type LanguageName = keyof typeof LANGUAGES;

const LanguageContext = createContext<LanguageName>("en");

function initialLanguage(): LanguageName {
  const wanted = [localStorage.getItem(KEPT) ?? "", ...navigator.languages].map((each) => each.toLowerCase().split("-")[0]);
  return (wanted.find((each) => each in LANGUAGES) as LanguageName | undefined) ?? "en";
}

/** Speaks the reader's language; `choice` draws what changes it. */
export function Speaking({ children }: { children: (choice: JSX.Element) => ComponentChildren }): JSX.Element {
  const [language, setLanguage] = useState(initialLanguage);
  useEffect(() => {
    document.documentElement.lang = language;
    document.title = LANGUAGES[language].words.title;
  }, [language]);
  const choose = (name: LanguageName): void => {
    localStorage.setItem(KEPT, name);
    setLanguage(name);
  };
  const choice = (
    <div class="languages" role="group" aria-label={LANGUAGES[language].words.language}>
      {(Object.keys(LANGUAGES) as LanguageName[]).map((name) => (
        <button key={name} type="button" lang={name} aria-pressed={name === language} onClick={() => choose(name)}>
          {LANGUAGES[name].name}
        </button>
      ))}
    </div>
  );
  return <LanguageContext.Provider value={language}>{children(choice)}</LanguageContext.Provider>;
}

export function useLanguage(): LanguageName {
  return useContext(LanguageContext);
}

export function useWords(): Words {
  return LANGUAGES[useLanguage()].words;
}
