import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../api/client";
import { useWords } from "../language/speaking";
import { useAnnounce } from "../ui/announcer";
import { Form } from "../ui/form";
import { Section } from "../ui/page";
import { KeyLinkView } from "./key-link-view";

/** Another link and QR code, or the code's message once more (S5, N5), for a key that waits. */
export function SendAgain({ of: key, onSent }: { of: Schema<"Key">; onSent: () => Promise<void> }): JSX.Element | null {
  const { sharing } = useWords();
  const announce = useAnnounce();
  const [link, setLink] = useState<Schema<"KeyLink">>();
  const params = { path: { key: key.id } };
  if (key.kind === "app") {
    const renew = async (): Promise<void> => {
      setLink(await answered(api.POST("/api/keys/{key}/link", { params, body: {} })));
      await onSent();
      announce(sharing.link.renewed);
    };
    return (
      <Section title={sharing.link.title}>
        {link !== undefined && <KeyLinkView link={link} name={key.name} zone={key.timeZone} />}
        <p class="quiet">{key.sentTo === null ? sharing.link.again : sharing.link.againSends(key.sentTo)}</p>
        <Form submit={sharing.link.make} tone={link === undefined ? "primary" : "plain"} onSubmit={renew}>
          {() => null}
        </Form>
      </Section>
    );
  }
  if (key.kind !== "pin" || key.sentTo === null) return null;
  const send = async (): Promise<void> => {
    await answered(api.POST("/api/keys/{key}/text", { params, body: {} }));
    await onSent();
    announce(sharing.code.sentAgain);
  };
  return (
    <Section title={sharing.code.title}>
      <Form submit={sharing.code.sendAgain(key.sentTo)} onSubmit={send}>
        {() => null}
      </Form>
    </Section>
  );
}
