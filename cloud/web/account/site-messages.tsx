import type { JSX } from "preact";
import { answered, type Schema } from "../api/client";
import { useList } from "../api/use-list";
import { useWords } from "../language/speaking";
import { AskedView, Empty } from "../ui/asked-view";
import { Badge } from "../ui/badge";
import { Button } from "../ui/button";
import { More } from "../ui/more";
import { Section } from "../ui/page";
import { Time } from "../ui/time";
import { readersZone } from "./readers-zone";
import type { SiteApi } from "./site-api";

type Message = Schema<"Message">;

const TONES = { kept: "quiet", sent: "good", waiting: "warning", failed: "danger" } as const;

/** What the site has sent, or keeps to be read here where nothing is set up to send it. */
export function SiteMessages({ api }: { api: SiteApi }): JSX.Element {
  const { account: words } = useWords();
  const messages = useList((after, signal) => answered(api.GET("/api/messages", { params: { query: { limit: 20, ...(after !== undefined && { after }) } }, signal })), []);
  return (
    <Section title={words.setUp.messages} acts={<Button onPress={messages.again}>{words.setUp.lookAgain}</Button>}>
      <p class="quiet">{words.setUp.aboutMessages}</p>
      <AskedView asked={messages}>
        {(items) =>
          items.length === 0 ? (
            <Empty title={words.setUp.noMessages} />
          ) : (
            <ul class="rows messages">
              {items.map((message) => (
                <MessageRow key={message.id} message={message} />
              ))}
            </ul>
          )
        }
      </AskedView>
      <More list={messages} />
    </Section>
  );
}

function MessageRow({ message: { to, channel, at, state, subject, text, problem } }: { message: Message }): JSX.Element {
  const { account: words } = useWords();
  return (
    <li>
      <div>
        <strong>{to}</strong> <Badge tone={TONES[state]}>{words.setUp.states[state]}</Badge>
        <span class="quiet">
          {channel === "email" ? words.setUp.byEmail : words.setUp.byText} · <Time instant={at} zone={readersZone()} />
          {problem !== null && ` · ${problem}`}
        </span>
        {text !== null && (
          <details>
            <summary>{subject ?? words.setUp.read}</summary>
            <p class="notice message">
              <Linked text={text} />
            </p>
          </details>
        )}
      </div>
    </li>
  );
}

/** A text with its links to this site to be followed, in another tab: this one holds the token. */
function Linked({ text }: { text: string }): JSX.Element {
  return (
    <>
      {text.split(/(https?:\/\/[^\s]+)/).map((part, index) =>
        index % 2 === 1 && part.startsWith(`${location.origin}/`) ? (
          <a key={index} href={part} target="_blank" rel="noopener">
            {part}
          </a>
        ) : (
          part
        ),
      )}
    </>
  );
}
