import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { SecretCode } from "./secret-code";

interface GivenCodesProps {
  codes: readonly { id: string; pin: string; doors?: readonly string[] }[];
  /** Whose they are. */
  name: string;
  /** Names of a code's doors, where there are several codes and they can be told apart by that. */
  nameDoors?: (doors: readonly string[]) => string;
  /** What to do with them, where they can be looked at again later. */
  about?: string;
}

/** Codes from the answer that drew them, to be passed on: they are told this once, and shown only when asked for. */
export function GivenCodes({ codes, name, nameDoors, about }: GivenCodesProps): JSX.Element | null {
  const { codes: words } = useWords();
  if (codes.length === 0) return null;
  return (
    <div class="notice given-codes">
      <p>{about ?? words.passOn(name)}</p>
      {codes.map(({ id, pin, doors }) => (
        <div key={id}>
          {nameDoors !== undefined && doors !== undefined && codes.length > 1 && <p class="quiet">{nameDoors(doors)}</p>}
          <SecretCode label={words.codeOf(name)} mask={"•".repeat(pin.length)} read={() => Promise.resolve(pin)} />
        </div>
      ))}
    </div>
  );
}
