import type { JSX } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";

/** As of the Shape Detection API, which only some browsers have. */
interface Detector {
  detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}
type DetectorClass = new (options: { formats: string[] }) => Detector;

const LOOK_MS = 200;

/** Whether this browser can read QR codes with a camera. */
export function canScan(): boolean {
  return "BarcodeDetector" in globalThis && (navigator.mediaDevices as MediaDevices | undefined)?.getUserMedia !== undefined;
}

interface QrCameraProps {
  label: string;
  /** What is said where there is no camera, or it may not be used. */
  failed: string;
  onText: (text: string) => void;
  /** Whether that is a text of the right kind: others in view are passed over. */
  wanted?: (text: string) => boolean;
}

/** The camera's picture, which stays in the page, until it has seen a QR code. */
export function QrCamera({ label, failed, onText, wanted = () => true }: QrCameraProps): JSX.Element {
  const video = useRef<HTMLVideoElement>(null);
  const [refused, setRefused] = useState(false);
  const told = useRef(onText);
  told.current = onText;
  useEffect(() => {
    let stream: MediaStream | undefined;
    let timer = 0;
    let over = false;
    const begin = async (): Promise<void> => {
      stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment" } });
      if (over) return stop(stream);
      const detector = new (globalThis as unknown as { BarcodeDetector: DetectorClass }).BarcodeDetector({ formats: ["qr_code"] });
      video.current!.srcObject = stream;
      await video.current!.play();
      const look = async (): Promise<void> => {
        const found = (await detector.detect(video.current!).catch(() => [])).find(({ rawValue }) => wanted(rawValue));
        if (over) return;
        if (found !== undefined) told.current(found.rawValue);
        timer = setTimeout(() => void look(), LOOK_MS);
      };
      void look();
    };
    begin().catch(() => {
      if (!over) setRefused(true);
    });
    return () => {
      over = true;
      clearTimeout(timer);
      if (stream !== undefined) stop(stream);
    };
  }, []);
  if (refused) return <p role="alert">{failed}</p>;
  return <video ref={video} class="qr-camera" aria-label={label} muted playsInline />;
}

function stop(stream: MediaStream): void {
  for (const track of stream.getTracks()) track.stop();
}
