import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { Dialog } from "../../ui/dialog";
import { Select, TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { useProperty } from "../../shell/managed-property";
import { DoorChoices } from "../../ui/door-choices";

interface AddProps {
  doors: readonly Schema<"Door">[];
  onClose: () => void;
  onAdded: () => Promise<unknown>;
}

export function AddUnit({ doors, templates, onClose, onAdded }: AddProps & { templates: readonly Schema<"Template">[] }): JSX.Element {
  const { units: words, common } = useWords();
  const { id: property } = useProperty();
  const announce = useAnnounce();
  const [name, setName] = useState("");
  const [number, setNumber] = useState("");
  const [template, setTemplate] = useState("");
  const [own, setOwn] = useState<string[]>([]);
  const add = async (): Promise<void> => {
    await answered(api.POST("/api/properties/{property}/units", { params: { path: { property } }, body: { name, number: number === "" ? null : number, template: template === "" ? null : template, doors: own } }));
    await onAdded();
    announce(words.added(name));
    onClose();
  };
  return (
    <Dialog title={words.add} onClose={onClose}>
      <Form submit={common.add} onSubmit={add} onCancel={onClose}>
        {(errorOf) => (
          <>
            <TextField label={words.name} hint={words.nameHint} value={name} onValue={setName} required error={errorOf("name")} focused />
            <TextField label={words.number} hint={words.numberHint} value={number} onValue={setNumber} optional inputMode="numeric" pattern="[0-9]{1,6}" error={errorOf("number")} />
            <Select label={words.kind} value={template} onValue={setTemplate} error={errorOf("template")} choices={[{ value: "", label: words.noKind }, ...templates.map((kind) => ({ value: kind.id, label: kind.name }))]} />
            <DoorChoices legend={words.ownDoors} hint={words.ownDoorsHint} doors={doors} chosen={own} onChosen={setOwn} error={errorOf("doors")} />
          </>
        )}
      </Form>
    </Dialog>
  );
}

export function AddTemplate({ doors, onClose, onAdded }: AddProps): JSX.Element {
  const { units: words, common } = useWords();
  const { id: property } = useProperty();
  const announce = useAnnounce();
  const [name, setName] = useState("");
  const [chosen, setChosen] = useState<string[]>([]);
  const add = async (): Promise<void> => {
    await answered(api.POST("/api/properties/{property}/templates", { params: { path: { property } }, body: { name, doors: chosen } }));
    await onAdded();
    announce(words.added(name));
    onClose();
  };
  return (
    <Dialog title={words.addKind} onClose={onClose}>
      <Form submit={common.add} onSubmit={add} onCancel={onClose}>
        {(errorOf) => (
          <>
            <TextField label={words.name} hint={words.kindNameHint} value={name} onValue={setName} required error={errorOf("name")} focused />
            <DoorChoices legend={words.kindDoors} doors={doors} chosen={chosen} onChosen={setChosen} error={errorOf("doors")} />
          </>
        )}
      </Form>
    </Dialog>
  );
}
