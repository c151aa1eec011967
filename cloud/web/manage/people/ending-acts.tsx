import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { Section } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { WhenItIsTrue } from "../when-it-is-true";
import { SuspendDialog } from "./suspend-dialog";

interface EndingActsProps {
  person: { id: string; name: string; suspended: boolean };
  /** Where they have access. */
  doors: readonly string[];
  /** The button that ends all of it. */
  endText: string;
  /** @returns the revocation's id. */
  end: () => Promise<string>;
  onChanged: () => Promise<void>;
}

/** Somebody's access is suspended for a while, or ended: then one sees where that is true already (S11, X1). */
export function EndingActs({ person: { id, name, suspended }, doors, endText, end, onChanged }: EndingActsProps): JSX.Element {
  const { people: words } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const announce = useAnnounce();
  const [act, setAct] = useState<"suspend" | "end">();
  const suspensionDone = async (): Promise<void> => {
    setAct(undefined);
    announce(suspended ? words.resumed(name) : words.nowSuspended(name));
    await onChanged();
  };
  return (
    <Section title={words.acts}>
      <div class="choices-with-words">
        <div>
          <Button onPress={() => setAct("suspend")}>{suspended ? words.resume : words.suspend}</Button>
          <p class="quiet">{suspended ? words.resumeAbout : words.suspendAbout}</p>
        </div>
        <div>
          <Button tone="danger" onPress={() => setAct("end")}>
            {endText}
          </Button>
          <p class="quiet">{words.endAllHint}</p>
        </div>
      </div>
      {act === "suspend" && <SuspendDialog person={id} name={name} suspended={suspended} doors={doors} onDone={suspensionDone} onClose={() => setAct(undefined)} />}
      {act === "end" && (
        <ConfirmDialog title={words.endAllOf(name)} act={endText} onConfirm={async () => route(`/manage/${property}/truth/revocations/${await end()}`)} onClose={() => setAct(undefined)}>
          <p>{words.endAllAbout(name)}</p>
          <WhenItIsTrue doors={doors} />
        </ConfirmDialog>
      )}
    </Section>
  );
}
