import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import { useWords } from "./language/speaking";

const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const PRESSED_MS = 140;

/** Keys to press. With the focus among them, the keyboard's digits, *, # press them too. */
export function Keypad({ name, onPress }: { name: string; onPress: (key: string) => void }): JSX.Element {
  const { door: words } = useWords();
  const [pressed, setPressed] = useState<string>();
  const timeout = useRef<ReturnType<typeof setTimeout>>(undefined);
  const spoken: Record<string, string> = { "*": words.star, "#": words.hash };
  const press = (key: string): void => {
    onPress(key);
    setPressed(key);
    clearTimeout(timeout.current);
    timeout.current = setTimeout(() => setPressed(undefined), PRESSED_MS);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    // Enter and space on a key that has the focus press that key, as everywhere.
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || !KEYS.includes(event.key)) return;
    event.preventDefault();
    press(event.key);
  };
  return (
    <div class="keypad" role="group" aria-label={name} onKeyDown={onKeyDown}>
      {KEYS.map((key) => (
        <button key={key} type="button" aria-label={spoken[key]} data-pressed={pressed === key} onClick={() => press(key)}>
          {key}
        </button>
      ))}
    </div>
  );
}
