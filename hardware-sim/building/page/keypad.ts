const KEYS = ["1", "2", "3", "4", "5", "6", "7", "8", "9", "*", "0", "#"];
const SPOKEN: Record<string, string> = { "*": "star, clears", "#": "hash, enters" };
const PRESSED_MS = 140;

/** Fills a group with keys. With the focus in it, the keyboard's digits, *, # and Enter press them too. */
export function makeKeypad(group: HTMLElement, press: (key: string) => void): void {
  const buttons = new Map<string, HTMLButtonElement>();
  const show = (button: HTMLElement): void => {
    button.classList.add("pressed");
    setTimeout(() => button.classList.remove("pressed"), PRESSED_MS);
  };
  for (const key of KEYS) {
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = key;
    if (SPOKEN[key]) button.setAttribute("aria-label", SPOKEN[key]);
    button.addEventListener("click", () => {
      show(button);
      press(key);
    });
    buttons.set(key, button);
    group.append(button);
  }
  group.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat) return;
    // Enter and space on a key that has the focus press that key, as everywhere.
    const button = buttons.get(event.key);
    if (!button) return;
    event.preventDefault();
    show(button);
    press(event.key);
  });
}
