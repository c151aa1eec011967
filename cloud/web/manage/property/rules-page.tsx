import type { JSX } from "preact";
import { PIN_DIGITS_MAX } from "../../../../protocol/limits";
import { answered, answeredWithTag, api, type Schema } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { EditedPart, type Tagged } from "../../ui/edited-part";
import { Checkbox } from "../../ui/field";
import { NumberField } from "../../ui/number-field";
import { Page } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { useTagged } from "./use-tagged";

type Rules = Schema<"Rules">;

/** Bounds of the API: it names the field where one is passed. */
const PEOPLE_MAX = 50;
const DAYS_MAX = 3_660;
const SHARE_DAYS_MAX = 366;
const OVERLAP_DAYS_MAX = 60;
const DIGITS_MIN = 6;

/** What households may do by themselves (O5, O12), how codes renew (O14), and whether there are groups (N12). */
export function RulesPage(): JSX.Element {
  const { rules: words, manage, common } = useWords();
  const { id: property } = useProperty();
  const reload = (): Promise<Tagged<Rules>> => answeredWithTag(api.GET("/api/properties/{property}/rules", { params: { path: { property } } }));
  const asked = useTagged(reload, ["rules", property]);
  const hasGroups = useAsked((signal) => answered(api.GET("/api/groups", { params: { query: { property, limit: 1 } }, signal })), ["any-group", property]).data?.items.length === 1;
  const save = async (change: Partial<Rules>, { data, etag }: Tagged<Rules>): Promise<Tagged<Rules>> => answeredWithTag(api.PUT("/api/properties/{property}/rules", { params: { path: { property }, header: { "if-match": etag } }, body: { ...data, ...change } }));
  const yes = (on: boolean): string => (on ? common.yes : common.no);
  return (
    <Page title={manage.rules} about={words.about}>
      <AskedView asked={asked}>
        {(whole) => {
          const part = { whole, save, reload, onWhole: asked.take };
          return (
            <>
              <EditedPart
                {...part}
                title={words.adding}
                about={words.addingAbout}
                read={({ mayAddResidents, residentsMax, mayAddGuests, guestsMax, guestDaysMax, shareDaysMax }: Rules) => ({ mayAddResidents, residentsMax, mayAddGuests, guestsMax, guestDaysMax, shareDaysMax })}
                theirs={(rules) => [
                  { term: words.mayAddResidents, value: yes(rules.mayAddResidents) },
                  { term: words.residentsMax, value: rules.residentsMax },
                  { term: words.mayAddGuests, value: yes(rules.mayAddGuests) },
                  { term: words.guestsMax, value: rules.guestsMax },
                  { term: words.guestDaysMax, value: words.days(rules.guestDaysMax) },
                  { term: words.shareDaysMax, value: words.days(rules.shareDaysMax) },
                ]}
              >
                {(rules, set, errorOf) => (
                  <>
                    <Checkbox label={words.mayAddResidents} checked={rules.mayAddResidents} onChecked={(mayAddResidents) => set({ mayAddResidents })} />
                    {rules.mayAddResidents && (
                      <div class="dependent">
                        <NumberField label={words.residentsMax} min={0} max={PEOPLE_MAX} value={rules.residentsMax} onValue={(residentsMax) => set({ residentsMax })} error={errorOf("residentsMax")} />
                      </div>
                    )}
                    <Checkbox label={words.mayAddGuests} checked={rules.mayAddGuests} onChecked={(mayAddGuests) => set({ mayAddGuests })} />
                    {rules.mayAddGuests && (
                      <div class="dependent">
                        <NumberField label={words.guestsMax} min={0} max={PEOPLE_MAX} value={rules.guestsMax} onValue={(guestsMax) => set({ guestsMax })} error={errorOf("guestsMax")} />
                        <NumberField optional label={words.guestDaysMax} hint={words.noLimit} min={1} max={DAYS_MAX} value={rules.guestDaysMax} onValue={(guestDaysMax) => set({ guestDaysMax })} error={errorOf("guestDaysMax")} />
                      </div>
                    )}
                    <NumberField label={words.shareDaysMax} min={1} max={SHARE_DAYS_MAX} value={rules.shareDaysMax} onValue={(shareDaysMax) => set({ shareDaysMax })} error={errorOf("shareDaysMax")} />
                  </>
                )}
              </EditedPart>
              <EditedPart
                {...part}
                title={words.codes}
                about={words.codesAbout}
                read={({ pinRenewalDays, pinOverlapDays, pinPerDoor, pinDigitsMin }: Rules) => ({ pinRenewalDays, pinOverlapDays, pinPerDoor, pinDigitsMin })}
                theirs={(rules) => [
                  { term: words.pinRenewalDays, value: words.days(rules.pinRenewalDays) },
                  { term: words.pinOverlapDays, value: words.days(rules.pinOverlapDays) },
                  { term: words.pinPerDoor, value: yes(rules.pinPerDoor) },
                  { term: words.pinDigitsMin, value: rules.pinDigitsMin },
                ]}
              >
                {(rules, set, errorOf) => (
                  <>
                    <NumberField optional label={words.pinRenewalDays} hint={words.pinRenewalHint} min={1} max={DAYS_MAX} value={rules.pinRenewalDays} onValue={(pinRenewalDays) => set({ pinRenewalDays })} error={errorOf("pinRenewalDays")} />
                    <NumberField label={words.pinOverlapDays} hint={words.pinOverlapHint} min={0} max={OVERLAP_DAYS_MAX} value={rules.pinOverlapDays} onValue={(pinOverlapDays) => set({ pinOverlapDays })} error={errorOf("pinOverlapDays")} />
                    <NumberField label={words.pinDigitsMin} hint={words.pinDigitsHint} min={DIGITS_MIN} max={PIN_DIGITS_MAX} value={rules.pinDigitsMin} onValue={(pinDigitsMin) => set({ pinDigitsMin })} error={errorOf("pinDigitsMin")} />
                    <Checkbox label={words.pinPerDoor} hint={words.pinPerDoorHint} checked={rules.pinPerDoor} onChecked={(pinPerDoor) => set({ pinPerDoor })} />
                  </>
                )}
              </EditedPart>
              <EditedPart {...part} title={words.groups} read={({ groups }: Rules) => ({ groups })} theirs={(rules) => [{ term: words.groupsOn, value: yes(rules.groups) }]}>
                {(rules, set) => <Checkbox label={words.groupsOn} hint={hasGroups ? words.groupsStay : words.groupsHint} checked={rules.groups} disabled={hasGroups && rules.groups} onChecked={(groups) => set({ groups })} />}
              </EditedPart>
            </>
          );
        }}
      </AskedView>
    </Page>
  );
}
