import type { JSX } from "preact";
import { useWords } from "../../language/speaking";
import { Page } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { Tokens } from "./tokens";
import { Webhooks } from "./webhooks";

/** Programs that act for a property, and those that are told what happens there (X13). */
export function ProgramsPage(): JSX.Element {
  const { settings: words, manage } = useWords();
  const { id, can } = useProperty();
  return (
    <Page title={words.programs} about={words.programsAbout} back={{ href: `/manage/${id}/settings`, label: manage.settings }}>
      {can.includes("issue-tokens") ? (
        <>
          <Tokens />
          <Webhooks />
        </>
      ) : (
        <p class="notice">{words.notForPrograms}</p>
      )}
    </Page>
  );
}
