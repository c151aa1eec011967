import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { ApiProblem } from "../api/api-problem";
import { useWords } from "../language/speaking";
import { useAnnounce } from "./announcer";
import { ChangedMeanwhile } from "./changed-meanwhile";
import { Form } from "./form";
import { Section } from "./page";

/** A record with its entity tag. */
export interface Tagged<Whole> {
  data: Whole;
  etag: string;
}

interface EditedPartProps<Whole, Draft> {
  title: string;
  about?: string | undefined;
  /** As it was read last: other parts of the page may have read it anew. */
  whole: Tagged<Whole>;
  read: (whole: Whole) => Draft;
  save: (draft: Draft, whole: Tagged<Whole>) => Promise<Tagged<Whole>>;
  reload: () => Promise<Tagged<Whole>>;
  onWhole: (whole: Tagged<Whole>) => void;
  /** This part as somebody else has left it. */
  theirs: (draft: Draft) => { term: string; value: ComponentChildren }[];
  children: (draft: Draft, set: (change: Partial<Draft>) => void, errorOf: (path: string) => string | undefined) => ComponentChildren;
}

/**
 * One of several forms for one record, each saved by itself. Whoever edits the same part at the same time is shown what
 * the other has saved, and loses nothing; changes of other parts get in nobody's way.
 */
export function EditedPart<Whole, Draft extends object>({ title, about, whole, read, save, reload, onWhole, theirs, children }: EditedPartProps<Whole, Draft>): JSX.Element {
  const { common } = useWords();
  const announce = useAnnounce();
  const [draft, setDraft] = useState(() => read(whole.data));
  const base = useRef(JSON.stringify(draft));
  const [other, setOther] = useState<Draft>();
  const take = (of: Draft): void => {
    base.current = JSON.stringify(of);
    setDraft(of);
    setOther(undefined);
  };
  /** @returns whether this part is as it was. */
  const meet = (now: Draft): boolean => {
    const text = JSON.stringify(now);
    if (text === base.current) return true;
    if (JSON.stringify(draft) === base.current || JSON.stringify(draft) === text) take(now);
    else {
      base.current = text;
      setOther(now);
    }
    return false;
  };
  useEffect(() => void meet(read(whole.data)), [whole]);

  const submit = async (): Promise<void> => {
    let from = whole;
    for (let attempt = 0; ; attempt++) {
      try {
        const saved = await save(draft, from);
        take(read(saved.data));
        onWhole(saved);
        return announce(common.saved);
      } catch (error) {
        if (!(error instanceof ApiProblem) || error.code !== "changed-meanwhile" || attempt > 2) throw error;
        from = await reload();
        if (!meet(read(from.data))) return onWhole(from);
      }
    }
  };
  return (
    <Section title={title}>
      {about !== undefined && <p class="quiet">{about}</p>}
      {other !== undefined && <ChangedMeanwhile theirs={theirs(other)} onTake={() => take(other)} />}
      <Form submit={common.save} onSubmit={submit}>
        {(errorOf) => children(draft, (change) => setDraft({ ...draft, ...change }), errorOf)}
      </Form>
    </Section>
  );
}
