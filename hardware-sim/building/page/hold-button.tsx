import type { ComponentChildren, JSX } from "preact";
import { useRef } from "preact/hooks";

interface HoldButtonProps {
  held: boolean;
  onHold: (held: boolean) => void;
  title?: string;
  children: ComponentChildren;
}

/** Pressed as long as pointer or key hold it; a click without either (a screen reader's) is a short press. */
export function HoldButton({ held: isHeld, onHold, title, children }: HoldButtonProps): JSX.Element {
  const held = useRef(false);
  const byHand = useRef(false);
  const hold = (value: boolean): void => {
    if (held.current === value) return;
    held.current = value;
    byHand.current = true;
    onHold(value);
  };
  const isPress = (event: KeyboardEvent): boolean => event.key === " " || event.key === "Enter";
  return (
    <button
      type="button"
      title={title}
      data-held={isHeld}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        hold(true);
      }}
      onPointerUp={() => hold(false)}
      onPointerCancel={() => hold(false)}
      onBlur={() => hold(false)}
      onKeyDown={(event) => isPress(event) && hold(true)}
      onKeyUp={(event) => isPress(event) && hold(false)}
      onClick={() => {
        if (!byHand.current) {
          onHold(true);
          onHold(false);
        }
        byHand.current = held.current;
      }}
    >
      {children}
    </button>
  );
}
