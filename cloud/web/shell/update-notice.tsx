import type { JSX } from "preact";
import { useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { useNewVersion } from "./service-worker-updates";

/** Says that there is a newer version; when to change over is for the reader to say, who may be in the middle of something. */
export function UpdateNotice(): JSX.Element | null {
  const { shell } = useWords();
  const changeOver = useNewVersion();
  if (changeOver === undefined) return null;
  return (
    <div class="notice across" role="status">
      {shell.newVersion} <Button onPress={changeOver}>{shell.reload}</Button>
    </div>
  );
}
