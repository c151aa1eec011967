import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Button } from "./button";
import { Dialog } from "./dialog";

/** What is used of the Barcode Detection API: Chrome has it on Android, macOS and ChromeOS, Firefox has not. */
interface BarcodeDetector {
  detect(image: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type BarcodeDetectorType = new (options: { formats: string[] }) => BarcodeDetector;

/** Between two looks at the picture, ms: quick for a hand, slow enough for a battery. */
const LOOK_MS = 200;

function detectorType(): BarcodeDetectorType | undefined {
  const there = (globalThis as { BarcodeDetector?: BarcodeDetectorType }).BarcodeDetector;
  return (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia === undefined ? undefined : there;
}

/**
 * A button that reads a QR code with the camera, where the browser can; elsewhere nothing, as there always is a field for
 * the text. The picture stays in the page.
 * @param wanted whether that is a text of the right kind: others in view are passed over.
 */
export function ScanQr({ onText, wanted = () => true }: { onText: (text: string) => void; wanted?: (text: string) => boolean }): JSX.Element | null {
  const { scan } = useWords();
  const [open, setOpen] = useState(false);
  if (detectorType() === undefined) return null;
  const take = (text: string): void => {
    setOpen(false);
    onText(text);
  };
  return (
    <>
      <Button onPress={() => setOpen(true)}>{scan.start}</Button>
      {open && (
        <Dialog title={scan.title} onClose={() => setOpen(false)}>
          <Scanner onText={take} wanted={wanted} />
        </Dialog>
      )}
    </>
  );
}

function Scanner({ onText, wanted }: { onText: (text: string) => void; wanted: (text: string) => boolean }): JSX.Element {
  const { scan } = useWords();
  const video = useRef<HTMLVideoElement>(null);
  const [trouble, setTrouble] = useState<string>();
  useEffect(() => {
    let stream: MediaStream | undefined;
    let over = false;
    const look = async (): Promise<void> => {
      const Detector = detectorType()!;
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      const shown = video.current;
      if (shown === null) return;
      shown.srcObject = stream;
      await shown.play();
      const detector = new Detector({ formats: ["qr_code"] });
      while (!over) {
        const found = (await detector.detect(shown)).find(({ rawValue }) => wanted(rawValue));
        if (found !== undefined) return onText(found.rawValue);
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    };
    const stop = (): void => stream?.getTracks().forEach((track) => track.stop());
    void look()
      .catch((error: unknown) => {
        if (!over) setTrouble(error instanceof DOMException && error.name === "NotAllowedError" ? scan.forbidden : scan.unavailable);
      })
      .finally(() => {
        if (over) stop();
      });
    return () => {
      over = true;
      stop();
    };
  }, []);
  if (trouble !== undefined) {
    return (
      <p class="notice warning" role="alert">
        {trouble}
      </p>
    );
  }
  return (
    <>
      <p>{scan.how}</p>
      <video ref={video} class="scanner" aria-label={scan.seen} muted playsInline />
    </>
  );
}
