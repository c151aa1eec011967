import type { ComponentChildren, JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Button } from "./button";
import { Fact, Facts } from "./facts";

interface ChangedMeanwhileProps {
  /** What is stored now, field by field, as somebody else has left it. */
  theirs: readonly { term: string; value: ComponentChildren }[];
  /** Puts theirs in the place of what was entered. */
  onTake: () => void;
}

/** Two people have edited the same thing (412): what was entered stays, and what is there now is shown beside it. */
export function ChangedMeanwhile({ theirs, onTake }: ChangedMeanwhileProps): JSX.Element {
  const { common } = useWords();
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div class="notice warning meanwhile" role="alert" tabIndex={-1} ref={notice}>
      <p>{common.meanwhile.about}</p>
      <Facts>
        {theirs.map(({ term, value }) => (
          <Fact key={term} term={term}>
            {value}
          </Fact>
        ))}
      </Facts>
      <p>{common.meanwhile.choose}</p>
      <Button onPress={onTake}>{common.meanwhile.take}</Button>
    </div>
  );
}
