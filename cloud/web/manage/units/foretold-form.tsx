import type { ComponentChildren, JSX } from "preact";
import { useState } from "preact/hooks";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { ConfirmDialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { Section } from "../../ui/page";
import type { Edited } from "../../ui/use-edited";
import { WhenItIsTrue } from "../when-it-is-true";
import { ChangedCodes, drawnCodes, type DrawnCodes } from "./changed-codes";
import { EffectList } from "./effect-list";

type Effect = readonly Schema<"DoorEffect">[];

/** What saving it answers: as it is stored now, with what that did to people. */
type Saved<Whole> = Whole & { effect: Effect; codes: readonly { person: string; codes: Schema<"GivenCode">[] }[] };

interface ForetoldFormProps<Whole, Draft> {
  title: string;
  /** The button's text. */
  submit: string;
  edited: Edited<Whole, Draft>;
  doors: readonly Schema<"Door">[];
  /** Names of flats by id, where a change reaches several. */
  units?: ReadonlyMap<string, string>;
  /** Who would gain and lose doors by the draft. */
  foretell: () => Promise<{ effect: Effect }>;
  save: (base: Whole) => Promise<Saved<Whole>>;
  onSaved: () => Promise<void>;
  /** What somebody else has made of it. */
  theirs: (whole: Whole) => { term: string; value: ComponentChildren }[];
  children: (errorOf: (path: string) => string | undefined) => ComponentChildren;
}

/** A flat or a kind of flat: who gains and who loses by a change is shown before it is saved (P1), and PINs drawn anew after it. */
export function ForetoldForm<Whole, Draft extends { name: string }>({ title, submit, edited, doors, units, foretell, save, onSaved, theirs, children }: ForetoldFormProps<Whole, Draft>): JSX.Element {
  const { units: words } = useWords();
  const announce = useAnnounce();
  const [effect, setEffect] = useState<Effect>();
  const [drawn, setDrawn] = useState<DrawnCodes[]>([]);
  const store = async (): Promise<void> => {
    const changed = await edited.save(save);
    if (changed !== undefined) {
      edited.take(changed);
      setDrawn(drawnCodes(changed));
      announce(words.saved);
      await onSaved();
    }
    setEffect(undefined);
  };
  const foretellOrStore = async (): Promise<void> => {
    const { effect: foretold } = await foretell();
    if (foretold.length === 0) await store();
    else setEffect(foretold);
  };
  return (
    <>
      <ChangedCodes drawn={drawn} doors={doors} />
      <Section title={title}>
        {edited.theirs !== undefined && <ChangedMeanwhile theirs={theirs(edited.theirs)} onTake={() => edited.take(edited.theirs!)} />}
        <Form submit={submit} onSubmit={foretellOrStore}>
          {children}
        </Form>
      </Section>
      {effect !== undefined && (
        <ConfirmDialog title={words.effectTitle(edited.draft.name)} act={words.effectAct} onConfirm={store} onClose={() => setEffect(undefined)}>
          <EffectList effect={effect} doors={doors} {...(units !== undefined && { units })} />
          <WhenItIsTrue doors={[...new Set(effect.flatMap(({ loses }) => loses))]} />
        </ConfirmDialog>
      )}
    </>
  );
}
