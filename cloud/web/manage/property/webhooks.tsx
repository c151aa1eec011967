import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useProof } from "../../account/proof";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { Badge } from "../../ui/badge";
import { Button } from "../../ui/button";
import { Dialog } from "../../ui/dialog";
import { Choices, TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Section } from "../../ui/page";
import { Table } from "../../ui/table";
import { useProperty } from "../../shell/managed-property";
import { ShownOnce } from "./shown-once";

type Webhook = Schema<"Webhook">;
export type OccurrenceKind = Schema<"OccurrenceKinds">[number];

const KINDS: readonly OccurrenceKind[] = ["door-opened", "door-refused", "door-forced", "door-held-open", "door-alarm", "duress", "changed"];

/** Addresses to which it is told what happens (X13). */
export function Webhooks(): JSX.Element {
  const { settings: words } = useWords();
  const { id: property } = useProperty();
  const [adding, setAdding] = useState(false);
  const [made, setMade] = useState<{ url: string; secret: string }>();
  const asked = useAsked((signal) => answered(api.GET("/api/properties/{property}/webhooks", { params: { path: { property } }, signal })), ["webhooks", property]);
  return (
    <Section title={words.webhooks} acts={<Button onPress={() => setAdding(true)}>{words.addWebhook}</Button>}>
      <p class="quiet">{words.webhooksAbout}</p>
      {made !== undefined && <ShownOnce label={words.secret} about={words.secretOnce} secret={made.secret} onDone={() => setMade(undefined)} />}
      <AskedView asked={asked}>
        {({ items }) =>
          items.length === 0 ? (
            <p>{words.noWebhooks}</p>
          ) : (
            <Table
              caption={words.webhooks}
              rows={items}
              keyOf={({ id }) => id}
              columns={[
                { title: words.address, heading: true, cell: ({ id, url }) => <a href={`/manage/${property}/settings/programs/${id}`}>{url}</a> },
                { title: words.events, cell: ({ events }) => events.map((event) => words.event[event]).join("; ") },
                { title: words.state, cell: (webhook) => <WebhookState webhook={webhook} /> },
              ]}
            />
          )
        }
      </AskedView>
      {adding && (
        <AddWebhook
          onAdded={async (webhook) => {
            setMade(webhook);
            setAdding(false);
            await asked.again();
          }}
          onClose={() => setAdding(false)}
        />
      )}
    </Section>
  );
}

export function WebhookState({ webhook: { pausedAt, failures } }: { webhook: Webhook }): JSX.Element {
  const { settings: words } = useWords();
  if (pausedAt !== null) return <Badge tone="warning">{words.paused}</Badge>;
  return failures > 0 ? <Badge tone="danger">{words.failing(failures)}</Badge> : <Badge tone="good">{words.works}</Badge>;
}

/** What a program is told of. */
export function EventChoices({ legend, events, onEvents, error }: { legend: string; events: readonly OccurrenceKind[]; onEvents: (events: OccurrenceKind[]) => void; error: string | undefined }): JSX.Element {
  const { settings: words } = useWords();
  return (
    <Choices
      legend={legend}
      error={error}
      choices={KINDS.map((kind) => ({ value: kind, label: words.event[kind], disabled: events.length === 1 && events[0] === kind }))}
      chosen={events}
      onChosen={(chosen) => onEvents(KINDS.filter((kind) => chosen.includes(kind)))}
    />
  );
}

function AddWebhook({ onAdded, onClose }: { onAdded: (made: { url: string; secret: string }) => Promise<void>; onClose: () => void }): JSX.Element {
  const { settings: words } = useWords();
  const { id: property } = useProperty();
  const prove = useProof();
  const [url, setUrl] = useState("");
  const [events, setEvents] = useState<OccurrenceKind[]>(["door-forced", "door-alarm"]);
  const add = async (): Promise<void> => onAdded(await prove(() => answered(api.POST("/api/properties/{property}/webhooks", { params: { path: { property } }, body: { url, events } }))));
  return (
    <Dialog title={words.addWebhook} onClose={onClose}>
      <Form submit={words.createWebhook} onSubmit={add} onCancel={onClose}>
        {(errorOf) => (
          <>
            <p>{words.webhooksAbout}</p>
            <TextField label={words.address} hint={words.addressHint} type="url" required autocomplete="off" spellcheck={false} value={url} onValue={setUrl} error={errorOf("url")} />
            <EventChoices legend={words.events} events={events} onEvents={setEvents} error={errorOf("events")} />
          </>
        )}
      </Form>
    </Dialog>
  );
}
