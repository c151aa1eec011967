import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { OUTPUTS_MAX } from "../../../../protocol/profile";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import type { DoorSettingProps } from "./door-setting";

interface Draft {
  name: string;
  seconds: string;
}

/** What a controller moves: names, and for how long each stays open. */
export function DoorOutputs({ door: { id, orders }, onDone }: DoorSettingProps): JSX.Element {
  const { common, managedDoors: words } = useWords();
  const announce = useAnnounce();
  const [outputs, setOutputs] = useState<Draft[]>(orders.outputs.map(({ name, seconds }) => ({ name, seconds: seconds === null ? "" : String(seconds) })));
  const set = (index: number, change: Partial<Draft>): void => setOutputs(outputs.map((output, each) => (each === index ? { ...output, ...change } : output)));
  const save = async (): Promise<void> => {
    const wanted = outputs.map(({ name, seconds }) => ({ name, seconds: seconds === "" ? null : Number(seconds) }));
    await answered(api.PUT("/api/doors/{door}/outputs", { params: { path: { door: id } }, body: { outputs: wanted } }));
    await onDone();
    announce(words.outputsSaved);
  };
  return (
    <Form submit={common.save} onSubmit={save}>
      {(errorOf) => (
        <>
          <p class="hint">{words.outputsAbout}</p>
          {outputs.length === 0 && <p>{words.outputsNone}</p>}
          <ol class="outputs" start={0}>
            {outputs.map(({ name, seconds }, index) => (
              <li key={index}>
                <div class="pair">
                <TextField label={words.outputName(index)} required maxLength={100} value={name} onValue={(value) => set(index, { name: value })} error={errorOf(`outputs.${index}.name`)} />
                <TextField label={words.outputSeconds(index)} hint={words.secondsHint} type="number" min={1} inputMode="numeric" value={seconds} onValue={(value) => set(index, { seconds: value })} error={errorOf(`outputs.${index}.seconds`)} />
                </div>
                {/* Numbers are what keys name: only the last can go. */}
                {index === outputs.length - 1 && <Button onPress={() => setOutputs(outputs.slice(0, -1))}>{words.outputRemove(name === "" ? String(index) : name)}</Button>}
              </li>
            ))}
          </ol>
          {outputs.length < OUTPUTS_MAX && (
            <p>
              <Button onPress={() => setOutputs([...outputs, { name: outputs.length === 0 ? words.doorItself : "", seconds: "" }])}>{words.addOutput}</Button>
            </p>
          )}
        </>
      )}
    </Form>
  );
}
