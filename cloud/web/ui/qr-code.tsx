import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";

/** A text as a QR code, drawn as one path. @param label what it is for. */
export function QrCode({ text, label }: { text: string; label: string }): JSX.Element {
  const [drawn, setDrawn] = useState({ size: 1, path: "" });
  useEffect(() => {
    let wanted = true;
    // Many pages could draw one, few do.
    void import("uqr").then(({ encode }) => {
      if (!wanted) return;
      const { data, size } = encode(text, { ecc: "M", border: 4 });
      setDrawn({ size, path: data.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("") });
    });
    return () => void (wanted = false);
  }, [text]);
  const { size, path } = drawn;
  return (
    <svg class="qr" viewBox={`0 0 ${size} ${size}`} role="img" aria-label={label} aria-busy={path === "" || undefined} shape-rendering="crispEdges">
      <rect width={size} height={size} fill="#fff" />
      <path d={path} fill="#000" />
    </svg>
  );
}
