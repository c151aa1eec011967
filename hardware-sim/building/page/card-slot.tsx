import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "./language/speaking";

/** The card stays in its field, as it stays in a pocket. */
export function CardSlot({ onCard }: { onCard: (hex: string) => void }): JSX.Element {
  const { door: words } = useWords();
  const [card, setCard] = useState("5A0144");
  return (
    <form
      class="card-slot"
      onSubmit={(event) => {
        event.preventDefault();
        onCard(card);
      }}
    >
      <label>
        {words.card}
        <input
          name="card"
          autocomplete="off"
          spellcheck={false}
          maxLength={10}
          pattern="[0-9A-Fa-f]{6}|[0-9A-Fa-f]{8}|0[0-7][0-9A-Fa-f]{8}"
          title={words.cardTitle}
          required
          value={card}
          onInput={(event) => setCard(event.currentTarget.value)}
        />
      </label>
      <button type="submit">{words.present}</button>
    </form>
  );
}
