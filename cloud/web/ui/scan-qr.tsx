import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Button } from "./button";
import { Dialog } from "./dialog";
import { canScan, QrCamera } from "./qr-camera";

/**
 * A button that reads a QR code with the camera, where the browser can; elsewhere nothing, as there always is a field for
 * the text.
 * @param wanted whether that is a text of the right kind: others in view are passed over.
 */
export function ScanQr({ onText, wanted }: { onText: (text: string) => void; wanted: (text: string) => boolean }): JSX.Element | null {
  const { scan } = useWords();
  const [open, setOpen] = useState(false);
  if (!canScan()) return null;
  const take = (text: string): void => {
    setOpen(false);
    onText(text);
  };
  return (
    <>
      <Button onPress={() => setOpen(true)}>{scan.start}</Button>
      {open && (
        <Dialog title={scan.title} onClose={() => setOpen(false)}>
          <p>{scan.how}</p>
          <QrCamera label={scan.seen} failed={scan.failed} onText={take} wanted={wanted} />
        </Dialog>
      )}
    </>
  );
}
