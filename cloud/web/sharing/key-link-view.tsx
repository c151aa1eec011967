import type { JSX } from "preact";
import type { Schema } from "../api/client";
import { showInstant } from "../language/times";
import { useLanguage, useWords } from "../language/speaking";
import { Button } from "../ui/button";
import { CopyButton } from "../ui/copy-button";
import { QrCode } from "../ui/qr-code";

/** A link that was just made (S3): to scan, to copy, or by whatever the device shares with. Here it is only as long as this is shown. */
export function KeyLinkView({ link: { url, qr, expiresAt }, name, zone }: { link: Schema<"KeyLink">; name: string; zone: string }): JSX.Element {
  const { link: words } = useWords().sharing;
  const language = useLanguage();
  return (
    <div class="key-link">
      <QrCode text={qr} label={words.qr} />
      <div>
        <p>{words.once(showInstant(expiresAt, zone, language))}</p>
        <div class="acts">
          {"share" in navigator && <Button tone="primary" onPress={() => shareLink(name, url)}>{words.share}</Button>}
          <CopyButton text={url} label={words.copy} />
        </div>
        <p class="quiet">{words.asGood}</p>
      </div>
    </div>
  );
}

/** Whoever closes the share sheet has decided: that is no failure. */
async function shareLink(title: string, url: string): Promise<void> {
  await navigator.share({ title, url }).catch((error: unknown) => {
    if (!(error instanceof DOMException)) throw error;
  });
}
