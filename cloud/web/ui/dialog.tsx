import type { ComponentChildren, JSX } from "preact";
import { useEffect, useId, useRef } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Form } from "./form";

/** A modal dialog: the browser's own, with its focus, its Escape and its inert page behind. Mount it to open it. */
export function Dialog({ title, onClose, children }: { title: string; onClose: () => void; children: ComponentChildren }): JSX.Element {
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
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <header>
        <h2 id={id}>{title}</h2>
        <button type="button" class="close" aria-label={common.close} onClick={onClose}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface ConfirmProps {
  title: string;
  /** The button's text: the act itself, never "OK". */
  act: string;
  /** What will happen, to whom, at which doors, and since when it will be true. */
  children: ComponentChildren;
  onConfirm: () => Promise<void>;
  onClose: () => void;
}

/** Asks before what cannot be undone, and stays open with the reason where it is refused. */
export function ConfirmDialog({ title, act, children, onConfirm, onClose }: ConfirmProps): JSX.Element {
  return (
    <Dialog title={title} onClose={onClose}>
      <Form submit={act} tone="danger" onSubmit={onConfirm} onCancel={onClose}>
        {() => children}
      </Form>
    </Dialog>
  );
}
