import type { JSX } from "preact";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { InstantField } from "../../ui/instant-field";
import { Radios } from "../../ui/radios";
import { Time } from "../../ui/time";
import { useEdited } from "../../ui/use-edited";
import { useProperty } from "../../shell/managed-property";

function draftOf({ end }: Schema<"Member">): { ends: "never" | "then"; end: string | undefined } {
  return { ends: end === null ? "never" : "then", end: end ?? undefined };
}

/** Another end for a lease, or none; everybody whom the lease holds follows. */
export function LeaseEndDialog({ member, onDone, onClose }: { member: Schema<"Member">; onDone: () => Promise<void>; onClose: () => void }): JSX.Element {
  const { households: words, common } = useWords();
  const { timeZone } = useProperty();
  const { person, name } = member;
  const edited = useEdited(member, draftOf, () => answered(api.GET("/api/members/{person}", { params: { path: { person } } })));
  const { draft, change, theirs } = edited;
  const save = async (): Promise<void> => {
    const end = draft.ends === "never" ? null : (draft.end ?? null);
    const changed = await edited.save(({ version }) => answered(api.PATCH("/api/leases/{person}", { params: { path: { person }, header: { "if-match": versionTag(version) } }, body: { end } })));
    if (changed !== undefined) await onDone();
  };
  return (
    <Dialog title={words.changeEndOf(name)} onClose={onClose}>
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[{ term: words.end, value: theirs.end === null ? words.noEnd : <Time instant={theirs.end} zone={timeZone} /> }]}
          onTake={() => edited.take(theirs)}
        />
      )}
      <Form submit={common.save} onSubmit={save} onCancel={onClose}>
        {(errorOf) => (
          <Radios
            legend={words.ends}
            hint={words.changeEndHint}
            value={draft.ends}
            onValue={(ends) => change({ ends })}
            choices={[
              { value: "never", label: words.withoutEnd },
              { value: "then", label: words.atInstant },
            ]}
          >
            {(value) => value === "then" && <InstantField label={words.end} value={draft.end} onValue={(end) => change({ end })} zone={timeZone} required error={errorOf("end")} />}
          </Radios>
        )}
      </Form>
    </Dialog>
  );
}
