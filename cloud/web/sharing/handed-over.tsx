import type { JSX } from "preact";
import { useEffect, useRef } from "preact/hooks";
import { answered, api, type Schema } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useRefresh } from "../api/use-refresh";
import { useWords } from "../language/speaking";
import { Button, ButtonLink } from "../ui/button";
import { GivenCodes } from "../ui/given-codes";
import { Page, Section } from "../ui/page";
import { CountedUses } from "./counted-uses";
import { useKeysPath } from "./giving";
import { KeyLinkView } from "./key-link-view";
import { isMoving, KeyState } from "./key-state";
import { KeyTimes } from "./key-times";

/** A key as the answer to giving it has it: its link and its codes are told this once. */
export interface GivenKey {
  key: Schema<"Key">;
  link: Schema<"KeyLink"> | null;
  codes: Schema<"GivenCode">[];
}

/** What to do with a key that has just been given: hand over its link or its code, or wait for the message. */
export function HandedOver({ given, onAnother }: { given: GivenKey; onAnother: () => void }): JSX.Element {
  const { sharing } = useWords();
  const base = useKeysPath();
  const { link, codes } = given;
  const asked = useAsked((signal) => answered(api.GET("/api/keys/{key}", { params: { path: { key: given.key.id } }, signal })), ["key", given.key.id]);
  const key = asked.data ?? given.key;
  useRefresh(asked.again, isMoving(key));
  const first = useRef<HTMLDivElement>(null);
  useEffect(() => first.current?.focus(), []);
  return (
    <Page title={sharing.given1(key.user.name)} back={{ href: base, label: sharing.keys }}>
      <div ref={first} tabIndex={-1}>
        <p class="state-line">
          <KeyState of={key} /> <span class="quiet">{sharing.doorsOf(key.doors.map(({ name }) => name).join(", "))}</span>
        </p>
        {link !== null && (
          <Section title={sharing.link.title}>
            {key.sentTo !== null && key.message !== null && <p>{sharing.link.sentTo(key.sentTo)}</p>}
            <KeyLinkView link={link} name={key.name} zone={key.timeZone} />
          </Section>
        )}
        {codes.length > 0 && (
          <Section title={sharing.code.title}>
            <GivenCodes codes={codes} name={key.user.name} nameDoors={(doors) => sharing.doorsOf(key.doors.filter(({ door }) => doors.includes(door)).map(({ name }) => name).join(", "))} />
          </Section>
        )}
        {key.kind === "pin" && codes.length === 0 && (
          <Section title={sharing.code.title}>
            <p>{key.sentTo === null ? sharing.code.onItsWay : sharing.code.onItsWayTo(key.sentTo)}</p>
            <p class="quiet">{sharing.code.pendingUntilSent}</p>
          </Section>
        )}
        <Section title={sharing.column.when}>
          <KeyTimes times={key} zone={key.timeZone} />
          <CountedUses counted={key.counted} zone={key.timeZone} />
        </Section>
        <div class="acts">
          <ButtonLink tone="primary" href={`${base}/${key.id}`}>
            {sharing.toKey}
          </ButtonLink>
          <Button onPress={onAnother}>{sharing.another}</Button>
        </div>
      </div>
    </Page>
  );
}
