import type { JSX } from "preact";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { ConfirmDialog } from "../../ui/dialog";
import { WhenItIsTrue } from "../when-it-is-true";

interface SuspendDialogProps {
  person: string;
  name: string;
  suspended: boolean;
  /** Where they have access. */
  doors: readonly string[];
  onDone: () => Promise<void>;
  onClose: () => void;
}

/** Somebody's PINs, cards and phones are refused for a while, without any right ending; or are good again (S11). */
export function SuspendDialog({ person, name, suspended, doors, onDone, onClose }: SuspendDialogProps): JSX.Element {
  const { people: words } = useWords();
  const confirm = async (): Promise<void> => {
    await answered(api.PUT("/api/people/{person}/suspension", { params: { path: { person } }, body: { suspended: !suspended } }));
    await onDone();
  };
  return (
    <ConfirmDialog title={suspended ? words.resumeOf(name) : words.suspendOf(name)} act={suspended ? words.resume : words.suspend} tone={suspended ? "primary" : "danger"} onConfirm={confirm} onClose={onClose}>
      <p>{suspended ? words.resumeAbout : words.suspendAbout}</p>
      <WhenItIsTrue doors={doors} />
    </ConfirmDialog>
  );
}
