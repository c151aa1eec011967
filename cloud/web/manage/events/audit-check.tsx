import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { CopyButton } from "../../ui/copy-button";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";

const HEAD = /^[0-9a-f]{64}$/;

/** Has the whole chain followed, and says in words whether it holds. */
export function AuditCheck(): JSX.Element {
  const { audit: words } = useWords();
  const [head, setHead] = useState("");
  const [found, setFound] = useState<Schema<"AuditVerification">>();
  const [kept, setKept] = useState(false);
  const known = head.trim().toLowerCase();
  const wrong = known !== "" && !HEAD.test(known);
  const check = async (): Promise<void> => {
    setFound(undefined);
    setFound(await answered(api.GET("/api/audit/verification", { params: { query: known === "" ? {} : { head: known } } })));
    setKept(known !== "");
  };
  return (
    <>
      <Form submit={words.verify} onSubmit={check} disabled={wrong}>
        {() => (
          <>
            <p class="hint">{words.verifyAbout}</p>
            <TextField label={words.headKnown} value={head} onValue={setHead} autocomplete="off" autocapitalize="none" spellcheck={false} error={wrong ? words.headWrong : undefined} />
          </>
        )}
      </Form>
      <div role="status">{found !== undefined && <Verdict found={found} kept={kept} />}</div>
    </>
  );
}

function Verdict({ found: { holds, entries, head, broken, dropped, found }, kept }: { found: Schema<"AuditVerification">; kept: boolean }): JSX.Element {
  const { common, managedDoors, audit: words } = useWords();
  if (broken !== null) {
    return (
      <div class="notice danger">
        <p>
          <strong>{words.broken}</strong>
        </p>
        <p>{words.brokenAt(broken.entry)}</p>
      </div>
    );
  }
  return (
    <div class={`notice ${holds ? "good" : "danger"} verdict`}>
      <p>
        <strong>{holds ? words.verified : words.broken}</strong>
      </p>
      <p>{words.verifiedHow(entries)}</p>
      {kept && <p>{found ? words.verifiedFound : words.notFound}</p>}
      {dropped && <p>{words.dropped}</p>}
      <p>
        {words.head}
        <br />
        <code>{head}</code> <CopyButton text={head} label={managedDoors.of(common.copy, words.head)} />
      </p>
      <p>{words.headHint}</p>
    </div>
  );
}
