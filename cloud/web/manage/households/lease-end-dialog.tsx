import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { ApiProblem } from "../../api/api-problem";
import { answered, api, versionTag, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { ChangedMeanwhile } from "../../ui/changed-meanwhile";
import { Dialog } from "../../ui/dialog";
import { Form } from "../../ui/form";
import { InstantField } from "../../ui/instant-field";
import { Radios } from "../../ui/radios";
import { Time } from "../../ui/time";
import { useProperty } from "../../shell/managed-property";

/** Another end for a lease, or none; everybody whom the lease holds follows. */
export function LeaseEndDialog({ member, onDone, onClose }: { member: Schema<"Member">; onDone: () => Promise<void>; onClose: () => void }): JSX.Element {
  const { households: words, common } = useWords();
  const { timeZone } = useProperty();
  const { person, name } = member;
  const [version, setVersion] = useState(member.version);
  const [ends, setEnds] = useState<"never" | "then">(member.end === null ? "never" : "then");
  const [end, setEnd] = useState(member.end ?? undefined);
  const [theirs, setTheirs] = useState<Schema<"Member">>();
  const save = async (): Promise<void> => {
    try {
      await answered(api.PATCH("/api/leases/{person}", { params: { path: { person }, header: { "if-match": versionTag(version) } }, body: { end: ends === "never" ? null : (end ?? null) } }));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "changed-meanwhile") throw error;
      const now = await answered(api.GET("/api/members/{person}", { params: { path: { person } } }));
      setVersion(now.version);
      setTheirs(now);
      return;
    }
    await onDone();
  };
  return (
    <Dialog title={words.changeEndOf(name)} onClose={onClose}>
      {theirs !== undefined && (
        <ChangedMeanwhile
          theirs={[{ term: words.end, value: theirs.end === null ? words.noEnd : <Time instant={theirs.end} zone={timeZone} /> }]}
          onTake={() => {
            setEnds(theirs.end === null ? "never" : "then");
            setEnd(theirs.end ?? undefined);
            setTheirs(undefined);
          }}
        />
      )}
      <Form submit={common.save} onSubmit={save} onCancel={onClose}>
        {(errorOf) => (
          <Radios
            legend={words.ends}
            hint={words.changeEndHint}
            value={ends}
            onValue={setEnds}
            choices={[
              { value: "never", label: words.withoutEnd },
              { value: "then", label: words.atInstant },
            ]}
          >
            {(value) => value === "then" && <InstantField label={words.end} value={end} onValue={setEnd} zone={timeZone} required error={errorOf("end")} />}
          </Radios>
        )}
      </Form>
    </Dialog>
  );
}
