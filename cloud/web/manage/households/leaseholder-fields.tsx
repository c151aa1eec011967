import type { JSX } from "preact";
import { useWords } from "../../language/speaking";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Radios } from "../../ui/radios";

/** Somebody who moves in, as far as they have been entered. */
export interface Holder {
  key: number;
  name: string;
  /** What they open doors with: the app, or, without e-mail and phone, a code or a card (P2). */
  way: "app" | "pin" | "card";
  email: string;
  phone: string;
  card: string;
}

let keys = 0;

export function emptyHolder(): Holder {
  return { key: keys++, name: "", way: "app", email: "", phone: "", card: "" };
}

/** As the API takes it. */
export function holderRequest({ name, way, email, phone, card }: Holder): { name: string; email?: string; phone?: string; card?: string } {
  if (way === "pin") return { name };
  if (way === "card") return { name, card: cardNumberOf(card) };
  return { name, ...(email.trim() !== "" && { email: email.trim() }), ...(phone.trim() !== "" && { phone: phone.trim() }) };
}

/** A card's number as readers show it: with or without blanks and colons, in capitals or not. */
export function cardNumberOf(entered: string): string {
  return entered.replace(/[\s:-]/g, "").toLowerCase();
}

interface LeaseholderFieldsProps {
  holder: Holder;
  /** Of several, from 1. */
  number: number | undefined;
  errorOf: (field: string) => string | undefined;
  onHolder: (holder: Holder) => void;
  onRemove: (() => void) | undefined;
}

export function LeaseholderFields({ holder, number, errorOf, onHolder, onRemove }: LeaseholderFieldsProps): JSX.Element {
  const { households: words } = useWords();
  const of = number === undefined ? "" : ` (${number})`;
  const { way, email, phone } = holder;
  return (
    <div class="entry">
      <TextField label={`${words.name}${of}`} value={holder.name} onValue={(name) => onHolder({ ...holder, name })} required error={errorOf("name")} autocomplete="off" />
      <Radios
        legend={`${words.opensWith}${of}`}
        value={way}
        onValue={(chosen) => onHolder({ ...holder, way: chosen })}
        choices={[
          { value: "app", label: words.byApp, hint: words.byAppHint },
          { value: "pin", label: words.byPin, hint: words.byPinHint },
          { value: "card", label: words.byCard, hint: words.byCardHint },
        ]}
      >
        {(value) => (
          <>
            {value === "app" && (
              <>
                <TextField label={`${words.email}${of}`} type="email" required={phone.trim() === ""} value={email} onValue={(text) => onHolder({ ...holder, email: text })} error={errorOf("email")} autocomplete="off" />
                <TextField label={`${words.phone}${of}`} type="tel" hint={words.phoneHint} required={email.trim() === ""} optional={email.trim() !== ""} value={phone} onValue={(text) => onHolder({ ...holder, phone: text })} error={errorOf("phone")} autocomplete="off" />
              </>
            )}
            {value === "card" && <TextField label={`${words.cardNumber}${of}`} hint={words.cardNumberHint} value={holder.card} onValue={(card) => onHolder({ ...holder, card })} required error={errorOf("card")} spellcheck={false} autocapitalize="off" autocomplete="off" />}
          </>
        )}
      </Radios>
      {onRemove !== undefined && <Button label={words.removeHolder(number!)} onPress={onRemove}>{words.removeEntry}</Button>}
    </div>
  );
}
