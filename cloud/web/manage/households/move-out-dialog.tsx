import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { ConfirmDialog } from "../../ui/dialog";
import { InstantField } from "../../ui/instant-field";
import { Radios } from "../../ui/radios";
import { useProperty } from "../../shell/managed-property";
import { WhenItIsTrue } from "../when-it-is-true";

interface MoveOutDialogProps {
  member: Schema<"Member">;
  household: Schema<"WholeHousehold">;
  /** For an end that is still to come: one that is now leads to the truth of it. */
  onDone: () => Promise<void>;
  onClose: () => void;
}

/** Moving out (M9): of this lease alone, but with the last leaseholder everybody goes. */
export function MoveOutDialog({ member: { person, name, doors }, household, onDone, onClose }: MoveOutDialogProps): JSX.Element {
  const { households: words } = useWords();
  const { id: property, timeZone } = useProperty();
  const { route } = useLocation();
  const [when, setWhen] = useState<"now" | "then">("now");
  const [at, setAt] = useState<string>();
  const others = [...household.members, ...household.shares].filter((each) => each.person !== person);
  const last = !others.some(({ role }) => role === "administrator");
  const confirm = async (): Promise<void> => {
    const body = when === "then" && at !== undefined ? { at } : {};
    const ended = await answered(api.POST("/api/leases/{person}/end", { params: { path: { person } }, body }));
    if ("id" in ended) route(`/manage/${property}/truth/removals/${String(ended.id)}`);
    else await onDone();
  };
  return (
    <ConfirmDialog title={words.moveOutOf(name)} act={when === "now" ? words.moveOutNow : words.moveOutThen} onConfirm={confirm} onClose={onClose}>
      <p>{words.moveOutStays(name)}</p>
      {last && others.length > 0 ? (
        <>
          <p>
            <strong>{words.moveOutLast(name, others.length)}</strong>
          </p>
          <ul class="tags">
            {others.map((each) => (
              <li key={each.person}>
                {each.name} <span class="quiet">{words.roles[each.role]}</span>
              </li>
            ))}
          </ul>
        </>
      ) : (
        others.length > 0 && <p>{words.othersStay(others.map((each) => each.name).join(", "))}</p>
      )}
      <Radios
        legend={words.moveOutWhen}
        value={when}
        onValue={setWhen}
        choices={[
          { value: "now", label: words.atOnce },
          { value: "then", label: words.atInstant, hint: words.moveOutThenHint },
        ]}
      >
        {(value) => value === "then" && <InstantField label={words.moveOutAt} value={at} onValue={setAt} zone={timeZone} required />}
      </Radios>
      {when === "now" && <WhenItIsTrue doors={last ? [...new Set([...doors, ...others.flatMap((each) => each.doors)])] : doors} />}
    </ConfirmDialog>
  );
}
