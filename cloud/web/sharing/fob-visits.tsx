import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { WebBluetoothFobRadio } from "../../../phone/browser/web-bluetooth-fob-radio";
import type { Words as Said } from "../../../phone/dictionary";
import { explainFob } from "../../../phone/explain-fob";
import { FobEditor } from "../../../phone/fob-editor";
import type { Schema } from "../api/client";
import { useLanguage, useWords } from "../language/speaking";
import { useBluetooth } from "../phone/bluetooth";
import { Button } from "../ui/button";

/** How long a fob listens once its lights blink, s (fob/limits.ts). */
const EDIT_SECONDS = 60;

/** One for all pages: what a fob has said and the cloud has not heard waits in it for a network. */
let editor: FobEditor | undefined;

function fobEditor(): FobEditor {
  editor ??= new FobEditor({ radio: new WebBluetoothFobRadio(), fetch: (path, init) => fetch(path, { ...init, cache: "no-store" }) });
  return editor;
}

/** Brings a fob what its buttons are for, in two rounds (S6, S8), and the cloud the fob's word. */
export function FobVisits({ fob, onVisited }: { fob: Schema<"Fob">; onVisited: () => Promise<void> }): JSX.Element {
  const { fobs } = useWords();
  const language = useLanguage();
  const bluetooth = useBluetooth();
  const [staged, setStaged] = useState(fob.staged);
  const [answer, setAnswer] = useState<Said & { good: boolean }>();
  const [visiting, setVisiting] = useState(false);
  const [left, setLeft] = useState(0);
  const [deaf, setDeaf] = useState(false);
  useEffect(() => setStaged(fob.staged), [fob]);
  useEffect(() => {
    const tell = (): void => void fobEditor().tell(fob.id).then(onVisited);
    addEventListener("online", tell);
    return () => removeEventListener("online", tell);
  }, [fob.id, onVisited]);
  useEffect(() => {
    if (left <= 0) return;
    const timer = setTimeout(() => {
      setLeft(left - 1);
      if (left === 1) setDeaf(true);
    }, 1_000);
    return () => clearTimeout(timer);
  }, [left]);

  const visit = async (): Promise<void> => {
    setAnswer(undefined);
    setDeaf(false);
    setVisiting(true);
    if (left <= 0) setLeft(EDIT_SECONDS);
    try {
      const outcome = await fobEditor().visit(fob.id);
      setAnswer({ ...explainFob(outcome, language), good: outcome.did !== "nothing" });
      // The next round takes another edit mode: the person has held the buttons of this fob both times.
      if (outcome.did !== "nothing") setLeft(0);
      if (outcome.did === "staged") setStaged(true);
      await onVisited();
    } finally {
      setVisiting(false);
    }
  };

  const nothing = fob.buttons.every(({ state }) => state === "free");
  if (!fob.pending) {
    return (
      <>
        <Answer answer={answer} />
        <p class={nothing ? "quiet" : "notice good"}>{nothing ? fobs.nothing : fobs.done}</p>
      </>
    );
  }
  if (bluetooth === "none") return <p class="notice warning">{fobs.noBluetooth}</p>;
  const { steps } = fobs;
  return (
    <>
      <p class="quiet">{fobs.bringAbout}</p>
      <ol class="fob-steps">
        {[steps.hold, steps.send, steps.holdAgain, steps.finish].map((step, index) => {
          const now = index >> 1 === (staged ? 1 : 0);
          return (
            <li key={step} data-done={staged && index < 2 ? "" : undefined} aria-current={now ? "step" : undefined}>
              {step}
              {now && index % 2 === 1 && (
                <div class="acts">
                  <Button tone="primary" onPress={visit}>
                    {staged ? fobs.finishAct : fobs.sendAct}
                  </Button>
                  {left > 0 && (
                    <span>
                      <progress max={EDIT_SECONDS} value={left} aria-hidden="true" /> {fobs.listens(left)}
                    </span>
                  )}
                </div>
              )}
            </li>
          );
        })}
      </ol>
      <p role="status">{visiting ? fobs.visiting : deaf && fobs.deaf}</p>
      <Answer answer={answer} />
    </>
  );
}

function Answer({ answer }: { answer: (Said & { good: boolean }) | undefined }): JSX.Element {
  return (
    <div role="status">
      {answer !== undefined && (
        <p class={`notice ${answer.good ? "good" : "warning"}`}>
          <strong>{answer.said}</strong> {answer.advice}
        </p>
      )}
    </div>
  );
}
