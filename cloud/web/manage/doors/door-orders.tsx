import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { ApiProblem } from "../../api/api-problem";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { ConfirmDialog } from "../../ui/dialog";
import { ProblemNotice } from "../../ui/problem-notice";

interface OrderProps {
  door: Schema<"Door">;
  onDone: () => Promise<void>;
}

type LockOrder = Schema<"Door">["orders"]["lockState"];

/** Lock-down and hold-open by a manager (X12). */
export function LockState({ door, onDone }: OrderProps): JSX.Element {
  const { managedDoors: words } = useWords();
  const announce = useAnnounce();
  const [asking, setAsking] = useState<Exclude<LockOrder, "normal">>();
  const [problem, setProblem] = useState<ApiProblem>();
  const { id, name, online } = door;
  const { lockState } = door.orders;
  const order = async (state: LockOrder): Promise<void> => {
    await answered(api.PUT("/api/doors/{door}/lock-state", { params: { path: { door: id } }, body: { state } }));
    await onDone();
    setAsking(undefined);
    announce(words.lockOrdered);
  };
  const end = async (): Promise<void> => {
    setProblem(undefined);
    try {
      await order("normal");
    } catch (error) {
      if (!(error instanceof ApiProblem)) throw error;
      setProblem(error);
    }
  };
  return (
    <>
      <p class={lockState === "lock-down" ? "lock-now danger" : "lock-now"}>
        <strong>{lockState === "normal" ? words.lockNormal : lockState === "lock-down" ? words.lockDownNow : words.holdOpenNow}</strong>
      </p>
      {!door.upToDate && lockState !== "normal" && !online && <p class="notice warning">{words.lockOffline}</p>}
      <p class="hint">{words.lockAbout}</p>
      <div class="acts">
        {lockState === "normal" ? (
          <>
            <Button tone="danger" onPress={() => setAsking("lock-down")}>
              {words.lockDown}
            </Button>
            <Button onPress={() => setAsking("hold-open")}>{words.holdOpen}</Button>
          </>
        ) : (
          <Button tone="primary" onPress={end}>
            {words.normalEnd(lockState === "lock-down" ? words.lockDown : words.holdOpen)}
          </Button>
        )}
      </div>
      {problem !== undefined && <ProblemNotice problem={problem} />}
      {asking !== undefined && (
        <ConfirmDialog
          title={asking === "lock-down" ? words.lockDownTitle(name) : words.holdOpenTitle(name)}
          act={asking === "lock-down" ? words.lockDown : words.holdOpen}
          onConfirm={() => order(asking)}
          onClose={() => setAsking(undefined)}
        >
          <p>{asking === "lock-down" ? words.lockDownWhat : words.holdOpenWhat}</p>
          <p>{online ? words.lockOnline : words.lockOffline}</p>
        </ConfirmDialog>
      )}
    </>
  );
}

/** Lifts what wrong PINs have brought upon the keypad (X8). */
export function KeypadReset({ door, onDone }: OrderProps): JSX.Element {
  const { managedDoors: words } = useWords();
  const announce = useAnnounce();
  const [asking, setAsking] = useState(false);
  const { id, name, online, telemetry } = door;
  const reset = async (): Promise<void> => {
    await answered(api.POST("/api/doors/{door}/keypad-reset", { params: { path: { door: id } }, body: {} }));
    await onDone();
    setAsking(false);
    announce(words.keypadResetDone);
  };
  return (
    <>
      {telemetry !== null && <p>{telemetry.keypadLocked ? <strong>{words.keypadLocked}</strong> : words.keypadOk}</p>}
      <Button onPress={() => setAsking(true)}>{words.keypadReset}</Button>
      {asking && (
        <ConfirmDialog title={words.keypadResetTitle(name)} act={words.keypadReset} onConfirm={reset} onClose={() => setAsking(false)}>
          <p>{words.keypadResetWhat}</p>
          <p>{online ? words.lockOnline : words.lockOffline}</p>
        </ConfirmDialog>
      )}
    </>
  );
}
