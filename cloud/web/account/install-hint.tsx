import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { useInstalling } from "../shell/install";
import { Button } from "../ui/button";
import { Section } from "../ui/page";

/** How the pages come to the home screen, where there is a way. */
export function InstallHint(): JSX.Element | null {
  const { account: words } = useWords();
  const installing = useInstalling();
  if (installing.way === "installed" || installing.way === "none") return null;
  return (
    <Section title={words.page.install}>
      <p>{installing.way === "offer" ? words.page.aboutInstall : words.page.installByHand}</p>
      {installing.way === "offer" && <Button onPress={installing.install}>{words.page.installNow}</Button>}
    </Section>
  );
}
