import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { answered, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { AskedView } from "../../ui/asked-view";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Section } from "../../ui/page";

type Hours = Schema<"UpdateHours">;

/** When the doors of a property may start anew with other software. */
export function UpdateHours({ property }: { property: string }): JSX.Element {
  const { settings: words } = useWords();
  const asked = useAsked((signal) => answered(api.GET("/api/properties/{property}/update-hours", { params: { path: { property } }, signal })), ["update-hours", property]);
  return (
    <Section title={words.updateHours}>
      <p>{words.updateHoursAbout}</p>
      <AskedView asked={asked}>{(hours) => <HoursForm property={property} saved={hours} />}</AskedView>
    </Section>
  );
}

function HoursForm({ property, saved }: { property: string; saved: Hours }): JSX.Element {
  const { settings: words, common } = useWords();
  const announce = useAnnounce();
  const [{ start, end }, setHours] = useState<Hours>(saved);
  const save = async (): Promise<void> => {
    setHours(await answered(api.PUT("/api/properties/{property}/update-hours", { params: { path: { property } }, body: { start, end } })));
    announce(words.updateHoursSaved(start, end));
  };
  return (
    <Form submit={common.save} onSubmit={save}>
      {(errorOf) => (
        <>
          <TextField label={words.updateFrom} type="time" required value={start} onValue={(changed) => setHours({ start: changed, end })} error={errorOf("start")} />
          <TextField label={words.updateUntil} type="time" required hint={start === end ? words.updateAnyHour : undefined} value={end} onValue={(changed) => setHours({ start, end: changed })} error={errorOf("end")} />
        </>
      )}
    </Form>
  );
}
