import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { ButtonLink } from "../../ui/button";
import { ConfirmDialog, Dialog } from "../../ui/dialog";
import { Checkbox, TextField } from "../../ui/field";
import { useProperty } from "../../shell/managed-property";
import { WhenItIsTrue } from "../when-it-is-true";

/** Ends one leaseholder's access on a document (O7), and says afterwards whose codes are new. */
export function CourtOrderDialog({ member: { person, name, doors }, household, onClose }: { member: Schema<"Member">; household: Schema<"WholeHousehold">; onClose: () => void }): JSX.Element {
  const { households: words } = useWords();
  const { id: property } = useProperty();
  const [document, setDocument] = useState("");
  const [sharesEnd, setSharesEnd] = useState(true);
  const [ended, setEnded] = useState<{ id: string; renewed: { person: string; name: string; told?: unknown }[] }>();
  const shares = household.shares.filter(({ invitedBy }) => invitedBy?.person === person);
  const confirm = async (): Promise<void> => setEnded(await answered(api.POST("/api/leases/{person}/court-order", { params: { path: { person } }, body: { document, sharesEnd } })));
  if (ended !== undefined) {
    return (
      <Dialog title={words.courtOrderDone(name)} onClose={onClose}>
        {ended.renewed.length === 0 ? (
          <p>{words.nothingRenewed(name)}</p>
        ) : (
          <>
            <p>{words.renewedFor(name)}</p>
            <ul class="plain">
              {ended.renewed.map((each) => (
                <li key={each.person}>
                  <strong>{each.name}</strong>: {words.told[each.told as keyof typeof words.told] ?? ""}
                </li>
              ))}
            </ul>
          </>
        )}
        <div class="acts">
          <ButtonLink tone="primary" href={`/manage/${property}/truth/removals/${ended.id}`}>
            {words.seeDoors}
          </ButtonLink>
        </div>
      </Dialog>
    );
  }
  return (
    <ConfirmDialog title={words.courtOrderOf(name)} act={words.courtOrderAct} onConfirm={confirm} onClose={onClose}>
      <p>{words.courtOrderAbout(name)}</p>
      <p>{words.courtOrderCodes(name)}</p>
      <TextField label={words.document} hint={words.documentHint} value={document} onValue={setDocument} required maxLength={200} autocomplete="off" />
      {shares.length > 0 && <Checkbox label={words.sharesEnd} hint={words.sharesEndHint(shares.map((share) => share.name).join(", "))} checked={sharesEnd} onChecked={setSharesEnd} />}
      <WhenItIsTrue doors={doors} />
    </ConfirmDialog>
  );
}
