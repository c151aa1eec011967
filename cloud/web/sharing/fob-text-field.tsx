import type { JSX } from "preact";
import { parseFobText } from "../../../protocol/fob-identity";
import { useWords } from "../language/speaking";
import { TextField } from "../ui/field";
import { ScanQr } from "../ui/scan-qr";

/** The text of a fob's QR code: typed, pasted, or read with the camera. */
export function FobTextField({ value, onValue, error }: { value: string; onValue: (value: string) => void; error?: string | undefined }): JSX.Element {
  const { fobs } = useWords();
  return (
    <>
      <TextField label={fobs.text} hint={fobs.textHint} required value={value} onValue={onValue} error={error} autocapitalize="off" spellcheck={false} />
      <ScanQr onText={onValue} wanted={(text) => parseFobText(text) !== undefined} />
    </>
  );
}
