import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { useAnnounce } from "./announcer";
import { Button } from "./button";

/** Puts a text on the clipboard and says so. @param label what is copied. */
export function CopyButton({ text, label }: { text: string; label: string }): JSX.Element {
  const { common } = useWords();
  const announce = useAnnounce();
  return (
    <Button label={label} onPress={() => navigator.clipboard.writeText(text).then(() => announce(common.copied))}>
      {common.copy}
    </Button>
  );
}
