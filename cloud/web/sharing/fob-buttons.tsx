import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../api/client";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { ConfirmDialog, Dialog } from "../ui/dialog";
import { Form } from "../ui/form";
import { Radios } from "../ui/radios";

type Fob = Schema<"Fob">;
type FobButton = Schema<"FobButton">;

interface FobButtonsProps {
  fob: Fob;
  mayEdit: boolean;
  onChanged: () => Promise<void>;
}

/** The four buttons as they lie on the fob (S7): free ones can be assigned, others must be cleared first. */
export function FobButtons({ fob, mayEdit, onChanged }: FobButtonsProps): JSX.Element {
  const { fobs } = useWords();
  const announce = useAnnounce();
  const [assigning, setAssigning] = useState<FobButton>();
  const [clearing, setClearing] = useState<FobButton>();
  const clear = async ({ button }: FobButton): Promise<void> => {
    await answered(api.DELETE("/api/fobs/{fob}/buttons/{button}", { params: { path: { fob: fob.id, button } } }));
    setClearing(undefined);
    await onChanged();
    announce(fobs.cleared(button));
  };
  return (
    <>
      <ol class="fob">
        {fob.buttons.map((button) => (
          <li key={button.button} data-state={button.state}>
            <h3>
              <span class="unseen">{fobs.button(button.button)}</span>
              <span class="number" aria-hidden="true">
                {button.button}
              </span>
            </h3>
            <p>{button.state === "free" ? fobs.free : button.state === "taken" ? fobs.taken : whatOf(button)}</p>
            {fobs.state[button.state] !== "" && <Badge tone={button.state === "assigned" ? "good" : "warning"}>{fobs.state[button.state]}</Badge>}
            {mayEdit && button.state === "free" && (
              <Button label={`${fobs.assign}: ${fobs.button(button.button)}`} onPress={() => setAssigning(button)}>
                {fobs.assign}
              </Button>
            )}
            {mayEdit && (button.state === "planned" || button.state === "sent" || button.state === "assigned") && (
              <Button label={fobs.clearOf(button.button)} onPress={() => setClearing(button)}>
                {fobs.clear}
              </Button>
            )}
          </li>
        ))}
      </ol>
      {assigning !== undefined && <AssignDialog fob={fob} button={assigning.button} onClose={() => setAssigning(undefined)} onChanged={onChanged} />}
      {clearing !== undefined && (
        <ConfirmDialog title={fobs.clearTitle(clearing.button)} act={fobs.clearOf(clearing.button)} onConfirm={() => clear(clearing)} onClose={() => setClearing(undefined)}>
          <p>{clearing.state === "planned" ? fobs.clearPlanned(whatOf(clearing)) : fobs.clearWhat(whatOf(clearing))}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

function AssignDialog({ fob, button, onClose, onChanged }: { fob: Fob; button: number; onClose: () => void; onChanged: () => Promise<void> }): JSX.Element {
  const { fobs } = useWords();
  const announce = useAnnounce();
  const choices = fob.choices.map((choice) => ({ ...choice, value: `${choice.key} ${choice.door} ${choice.output}` }));
  const [value, setValue] = useState(choices.at(0)?.value);
  const several = new Set(choices.map(({ key }) => key)).size > 1;
  const chosen = choices.find((choice) => choice.value === value);
  const assign = async (): Promise<void> => {
    if (chosen === undefined) return;
    const { key, door, output } = chosen;
    await answered(api.PUT("/api/fobs/{fob}/buttons/{button}", { params: { path: { fob: fob.id, button } }, body: { key, door, output } }));
    onClose();
    await onChanged();
    announce(fobs.assigned(button, whatOf(chosen)));
  };
  return (
    <Dialog title={fobs.assignTo(button)} onClose={onClose}>
      {choices.length === 0 ? (
        <p>{fobs.nothingToAssign}</p>
      ) : (
        <Form submit={fobs.assignAct} onSubmit={assign} onCancel={onClose}>
          {() => <Radios legend={fobs.assign} value={value} choices={choices.map((choice) => ({ value: choice.value, label: whatOf(choice), hint: several ? choice.keyName : undefined }))} onValue={setValue} />}
        </Form>
      )}
    </Dialog>
  );
}

/** A door, and which of the things that it moves. */
function whatOf({ doorName, outputName }: { doorName: string | null; outputName: string | null }): string {
  return [doorName, outputName].filter((name) => name !== null).join(" · ");
}
