import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useWords } from "../language/speaking";
import type { Tone } from "./button";
import { Form } from "./form";

interface DialogProps {
  title: string;
  /** At the foot of a phone's screen, where the thumb that opened it is. */
  sheet?: boolean;
  onClose: () => void;
  children: ComponentChildren;
}

/** A modal dialog: the browser's own, with its focus, its Escape and its inert page behind. Mount it to open it. */
export function Dialog({ title, sheet = false, onClose, children }: DialogProps): JSX.Element {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  const { common } = useWords();
  useEffect(() => {
    const opener = document.activeElement;
    dialog.current?.showModal();
    return () => (opener instanceof HTMLElement ? opener.focus() : undefined);
  }, []);
  return (
    <dialog
      ref={dialog}
      class={sheet ? "sheet" : undefined}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div class="head">
        <h2 id={id}>{title}</h2>
        <button type="button" class="close" aria-label={common.close} onClick={onClose}>
          ×
        </button>
      </div>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** The button's text: the act itself, never "OK". */
  act: string;
  /** `primary` for what takes nothing away from anybody. */
  tone?: Tone;
  /** What will happen, to whom, at which doors, and since when it will be true. */
  children: ComponentChildren;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before what cannot be undone, and stays open with the reason where it is refused. */
export function ConfirmDialog({ title, act, tone = "danger", children, onConfirm, onClose }: ConfirmProps): JSX.Element {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form submit={act} tone={tone} onSubmit={onConfirm} onCancel={onClose}>
        {() => children}
      </Form>
    </Dialog>
  );
}
