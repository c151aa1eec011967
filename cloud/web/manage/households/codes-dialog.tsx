import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useProof } from "../../account/proof";
import { showInstant } from "../../language/times";
import { useLanguage, useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { GivenCodes } from "../../ui/given-codes";
import { useProperty } from "../../shell/managed-property";

function namesOf(doors: readonly { name: string }[]): string {
  return doors.map(({ name }) => name).join(", ");
}

/** Which codes somebody of a household has, and where: their digits are theirs to see. They can be renewed (O14, P2). */
export function CodesDialog({ member: { person, name, can }, onClose }: { member: Schema<"Member">; onClose: () => void }): JSX.Element {
  const { households: words } = useWords();
  const language = useLanguage();
  const { timeZone } = useProperty();
  const prove = useProof();
  const asked = useAsked((signal) => answered(api.GET("/api/members/{person}/pins", { params: { path: { person } }, signal })), [person]);
  const [renewed, setRenewed] = useState<Schema<"RenewedCodes">>();
  const renew = async (): Promise<void> => {
    setRenewed(await prove(() => answered(api.POST("/api/members/{person}/pins/renew", { params: { path: { person } }, body: {} }))));
    await asked.again();
  };
  const given = renewed?.codes.flatMap(({ id, pin }) => (pin === undefined ? [] : [{ id, pin }])) ?? [];
  return (
    <Dialog title={words.codesOf(name)} onClose={onClose}>
      {renewed !== undefined && (
        <div role="status">
          <p>
            <strong>{given.length > 0 ? words.renewedHere(name) : words.told[renewed.told]}</strong> {renewed.oldUntil === null ? words.oldEnded : words.oldUntil(showInstant(renewed.oldUntil, timeZone, language))}
          </p>
          <GivenCodes name={name} codes={given} />
        </div>
      )}
      <AskedView asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p class="quiet">{words.noCodes}</p>
          ) : (
            <ul class="plain codes">
              {items.map(({ id, kind, mask, replacedAt, renewsAt, doors }) => (
                <li key={id}>
                  <p class="split">
                    <span>
                      {words.codeKinds[kind as keyof typeof words.codeKinds]} <span aria-hidden="true">{mask}</span>
                    </span>
                    {replacedAt !== null && <Badge tone="quiet">{words.replaced}</Badge>}
                  </p>
                  {renewsAt !== null && <p class="quiet">{words.renewsAt(showInstant(renewsAt, timeZone, language))}</p>}
                  {doors.some(({ acknowledged }) => acknowledged) && (
                    <p>
                      <Badge tone="good">{words.doorsHave(doors.filter(({ acknowledged }) => acknowledged).length)}</Badge> <span class="quiet">{namesOf(doors.filter(({ acknowledged }) => acknowledged))}</span>
                    </p>
                  )}
                  {doors.some(({ acknowledged }) => !acknowledged) && <p class="on-its-way">{words.doorsNotYet(namesOf(doors.filter(({ acknowledged }) => !acknowledged)))}</p>}
                </li>
              ))}
            </ul>
          )
        }
      </AskedView>
      <p class="quiet">{words.codesPrivate}</p>
      {can.includes("renew-pin") && renewed === undefined && (
        <Form submit={words.renew} onSubmit={renew} onCancel={onClose}>
          {() => <p>{words.renewAbout}</p>}
        </Form>
      )}
    </Dialog>
  );
}
