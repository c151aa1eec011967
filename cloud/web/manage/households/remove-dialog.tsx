import type { JSX } from "preact";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { ConfirmDialog } from "../../ui/dialog";
import { useProperty } from "../../shell/managed-property";
import { WhenItIsTrue } from "../when-it-is-true";

interface RemoveDialogProps {
  member: Schema<"Member">;
  household: Schema<"WholeHousehold">;
  what: "member" | "share" | "invitation";
  /** After an invitation was taken back; an access that ends leads to its truth. */
  onDone: () => Promise<void>;
  onClose: () => void;
}

/** A resident or guest is removed, what a third party was given ends, or a link is taken back. */
export function RemoveDialog({ member: { person, name, role, doors }, household, what, onDone, onClose }: RemoveDialogProps): JSX.Element {
  const { households: words } = useWords();
  const { id: property } = useProperty();
  const { route } = useLocation();
  const left = household.shares.filter(({ invitedBy }) => invitedBy?.person === person);
  const confirm = async (): Promise<void> => {
    const at = { params: { path: { person } } };
    if (what === "invitation") {
      await answered(api.DELETE("/api/members/{person}/invitation", at));
      await onDone();
      return;
    }
    const { id } = what === "member" ? await answered(api.DELETE("/api/members/{person}", at)) : await answered(api.DELETE("/api/shares/{person}", at));
    route(`/manage/${property}/truth/removals/${id}`);
  };
  const [title, act] = what === "invitation" ? [words.withdrawOf(name), words.withdraw] : what === "member" ? [words.removeOf(name), words.remove] : [words.endShareOf(name), words.endShare];
  return (
    <ConfirmDialog title={title} act={act} onConfirm={confirm} onClose={onClose}>
      <p>{what === "invitation" ? (role === "administrator" ? words.withdrawLease(name) : words.withdrawAbout(name)) : words.removeAbout(name)}</p>
      {what === "member" && left.length > 0 && <p>{words.leavesShares(left.map((share) => share.name).join(", "))}</p>}
      {what !== "invitation" && <WhenItIsTrue doors={doors} />}
    </ConfirmDialog>
  );
}
