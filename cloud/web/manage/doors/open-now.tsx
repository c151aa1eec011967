import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Schema } from "../../api/client";
import { DoorAnswer, explainRemote, type Answer } from "../../home/door-answer";
import { useLanguage, useWords } from "../../language/speaking";
import { RemoteUnlock } from "../../phone/remote-unlock";
import { Button } from "../../ui/button";

/** Opens the door from afar, now or not at all (N14). */
export function OpenNow({ door: { id, name, orders } }: { door: Schema<"Door"> }): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const [answer, setAnswer] = useState<Answer>();
  const remote = useRef<RemoteUnlock>(undefined);
  const open = async (output: number): Promise<void> => {
    setAnswer({ tone: "busy", said: words.doors.working });
    const outcome = await (remote.current ??= new RemoteUnlock(id)).press([output]);
    setAnswer({ ...explainRemote(outcome, words, language), tone: outcome.opened ? "good" : "bad" });
  };
  const outputs = orders.outputs.length > 1 ? orders.outputs : [undefined];
  return (
    <div class="open-now">
      <div class="acts">
        {outputs.map((output, number) => (
          <Button key={number} tone="primary" {...(output === undefined && { label: words.managedDoors.openNowOf(name) })} onPress={() => open(number)}>
            {output === undefined ? words.managedDoors.openNow : words.managedDoors.openNowOf(output.name)}
          </Button>
        ))}
      </div>
      <DoorAnswer answer={answer} />
    </div>
  );
}
