import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { useWords } from "../../language/speaking";
import { Button } from "../../ui/button";
import { SecretCode } from "../../ui/secret-code";

/** A secret that the cloud tells this one time: to be put where it belongs, and then gone from the page. */
export function ShownOnce({ label, about, secret, onDone }: { label: string; about: string; secret: string; onDone: () => void }): JSX.Element {
  const { settings: words } = useWords();
  const notice = useRef<HTMLDivElement>(null);
  useEffect(() => notice.current?.focus(), []);
  return (
    <div class="notice good token-shown" tabIndex={-1} ref={notice} role="group" aria-label={label}>
      <p>{about}</p>
      <SecretCode label={label} mask="••••••••" read={() => Promise.resolve(secret)} />
      <Button onPress={onDone}>{words.done}</Button>
    </div>
  );
}
