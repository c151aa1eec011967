import type { JSX } from "preact";
import { useId } from "preact/hooks";
import { UNLOCK_SECONDS_MAX } from "../../../../protocol/limits";
import { answeredWithTag, api, type Schema } from "../../api/client";
import { useLanguage, useWords } from "../../language/speaking";
import { showDate } from "../../language/times";
import { useSession } from "../../shell/session";
import { AskedView } from "../../ui/asked-view";
import { EditedPart, type Tagged } from "../../ui/edited-part";
import { Field, TextField } from "../../ui/field";
import { NumberField } from "../../ui/number-field";
import { Page } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { HolidayList } from "./holiday-list";
import { StalenessFields } from "./staleness-fields";
import { UpdateHours } from "./update-hours";
import { useTagged } from "./use-tagged";

type Property = Schema<"Property">;

/** What holds for a whole property: its name, zone and holidays, how long doors stay unlocked and go on without news (X3). */
export function GeneralPage(): JSX.Element {
  const { settings: words, manage } = useWords();
  const language = useLanguage();
  const { id: property } = useProperty();
  const { renew } = useSession();
  const reload = (): Promise<Tagged<Property>> => answeredWithTag(api.GET("/api/properties/{property}", { params: { path: { property } } }));
  const asked = useTagged(reload, ["property", property]);
  const save = async (change: Partial<Pick<Property, "name" | "timeZone" | "unlockSeconds" | "holidays" | "staleness">>, { etag }: Tagged<Property>): Promise<Tagged<Property>> => {
    const saved = await answeredWithTag(api.PATCH("/api/properties/{property}", { params: { path: { property }, header: { "if-match": etag } }, body: change }));
    // The menu says its name, and other pages its times.
    void renew();
    return saved;
  };
  return (
    <Page title={manage.settings} about={words.about}>
      <MorePages property={property} />
      <AskedView asked={asked}>
        {(whole) => {
          const part = { whole, save, reload, onWhole: asked.take };
          return (
            <>
              <EditedPart
                {...part}
                title={words.general}
                read={({ name, timeZone, unlockSeconds }: Property) => ({ name, timeZone, unlockSeconds })}
                theirs={({ name, timeZone, unlockSeconds }) => [
                  { term: words.name, value: name },
                  { term: words.zone, value: timeZone },
                  { term: words.unlockSeconds, value: unlockSeconds },
                ]}
              >
                {(draft, set, errorOf) => (
                  <>
                    <TextField label={words.name} required maxLength={100} value={draft.name} onValue={(name) => set({ name })} error={errorOf("name")} />
                    <ZoneField zone={draft.timeZone} onZone={(timeZone) => set({ timeZone })} error={errorOf("timeZone")} />
                    <NumberField label={words.unlockSeconds} hint={words.unlockHint} min={1} max={UNLOCK_SECONDS_MAX} value={draft.unlockSeconds} onValue={(unlockSeconds) => set({ unlockSeconds })} error={errorOf("unlockSeconds")} />
                  </>
                )}
              </EditedPart>
              <EditedPart
                {...part}
                title={words.holidays}
                about={words.holidaysAbout}
                read={({ holidays }: Property) => ({ holidays })}
                theirs={({ holidays }) => [{ term: words.holidays, value: holidays.length === 0 ? words.noHolidays : holidays.map((day) => showDate(day, language)).join("; ") }]}
              >
                {({ holidays }, set) => <HolidayList days={holidays} saved={whole.data.holidays} zone={whole.data.timeZone} onDays={(days) => set({ holidays: days })} />}
              </EditedPart>
              <EditedPart
                {...part}
                title={words.staleness}
                about={words.stalenessAbout}
                read={({ staleness }: Property) => ({ staleness })}
                theirs={({ staleness: { guestSeconds, staffSeconds, residentSeconds } }) => [
                  { term: words.guests, value: words.hours(guestSeconds / 3_600) },
                  { term: words.staff, value: words.hours(staffSeconds / 3_600) },
                  { term: words.residents, value: words.hours(residentSeconds === null ? null : residentSeconds / 3_600) },
                ]}
              >
                {({ staleness }, set, errorOf) => <StalenessFields staleness={staleness} onStaleness={(changed) => set({ staleness: changed })} errorOf={errorOf} />}
              </EditedPart>
            </>
          );
        }}
      </AskedView>
      <UpdateHours property={property} />
    </Page>
  );
}

function MorePages({ property }: { property: string }): JSX.Element {
  const { settings: words } = useWords();
  const at = `/manage/${property}/settings`;
  return (
    <ul class="sub-pages" aria-label={words.more}>
      <li>
        <a href={`${at}/managers`}>
          <strong>{words.managers}</strong>
          {words.managersAbout}
        </a>
      </li>
      <li>
        <a href={`${at}/programs`}>
          <strong>{words.programs}</strong>
          {words.programsAbout}
        </a>
      </li>
      <li>
        <a href={`${at}/home-assistant`}>
          <strong>{words.home}</strong>
          {words.homeAbout}
        </a>
      </li>
    </ul>
  );
}

function ZoneField({ zone, onZone, error }: { zone: string; onZone: (zone: string) => void; error: string | undefined }): JSX.Element {
  const { settings: words } = useWords();
  const id = useId();
  return (
    <Field label={words.zone} hint={words.zoneHint} error={error}>
      {(control) => (
        <>
          <input {...control} list={id} required spellcheck={false} autocapitalize="off" value={zone} onInput={({ currentTarget }) => onZone(currentTarget.value)} />
          <datalist id={id}>
            {Intl.supportedValuesOf("timeZone").map((each) => (
              <option key={each} value={each} />
            ))}
          </datalist>
        </>
      )}
    </Field>
  );
}
