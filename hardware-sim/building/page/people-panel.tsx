import type { JSX } from "preact";
import type { FobView } from "../fobs/fob-view";
import type { PhoneView } from "../phones/phone-view";
import { actWithFob, actWithPhone } from "./acts";
import { useLanguage, useWords } from "./language/speaking";
import { Switch } from "./switch";

/** Everybody with a phone: where they stand, what they can do with it, and what it says. */
export function PeoplePanel({ phones, fobs, doors }: { phones: PhoneView[]; fobs: FobView[]; doors: string[] }): JSX.Element {
  const { people: words } = useWords();
  return (
    <section class="people card" aria-labelledby="people-title">
      <h2 id="people-title">{words.title}</h2>
      <p class="quiet">{words.lead}</p>
      <div class="people-list">
        {phones.map((phone) => (
          <PersonCard key={phone.index} phone={phone} fob={fobs.find((fob) => fob.phone === phone.index)} doors={doors} />
        ))}
      </div>
    </section>
  );
}

function PersonCard({ phone, fob, doors }: { phone: PhoneView; fob: FobView | undefined; doors: string[] }): JSX.Element {
  const { people: words } = useWords();
  const language = useLanguage();
  const { index, name, door, online, doing, answer, opens, carries, brings } = phone;
  const told = answer?.in[language];
  const said = doing?.[language] ?? [told?.said, told?.advice].filter((each) => each !== undefined).join(" ");
  const cannot = door === undefined || doing !== undefined;
  return (
    <article class="phone" aria-labelledby={`phone-${index}`} data-figure={index % 4}>
      <h3 id={`phone-${index}`}>{name}</h3>
      <label class="place">
        {words.place}
        <select value={door === undefined ? "" : String(door)} onChange={(event) => actWithPhone(index, { action: "go", door: event.currentTarget.value === "" ? null : Number(event.currentTarget.value) })}>
          <option value="">{words.street}</option>
          {doors.map((each, at) => (
            <option key={each} value={String(at)}>
              {words.at(each)}
            </option>
          ))}
        </select>
      </label>
      <div class="buttons">
        <button type="button" class="main" disabled={cannot} onClick={() => actWithPhone(index, { action: "tap" })}>
          {words.tap}
        </button>
        <button type="button" disabled={cannot} title={words.carryTitle} onClick={() => actWithPhone(index, { action: "carry" })}>
          {words.carry}
        </button>
        <Switch on={online} onSwitch={(wanted) => actWithPhone(index, { action: "online", online: wanted })}>
          {words.internet}
        </Switch>
      </div>
      <p class="sentence" role="status" data-tone={doing !== undefined || answer === undefined ? "plain" : answer.good ? "good" : "bad"}>
        {said}
      </p>
      <dl class="facts">
        <div>
          <dt>{words.opens}</dt>
          <dd>{opens.map((each) => `${each.name} (${each.handles})`).join(", ") || words.nothing}</dd>
        </div>
        <div>
          <dt>{words.carries}</dt>
          <dd>{carries === 0 ? words.nothing : words.carriesFor(carries)}</dd>
        </div>
        <div>
          <dt>{words.brings}</dt>
          <dd>{brings.map((each) => `${each.name} (${each.items})`).join(", ") || words.nothing}</dd>
        </div>
      </dl>
      {fob !== undefined && <FobCard fob={fob} owner={name} />}
    </article>
  );
}

function FobCard({ fob, owner }: { fob: FobView; owner: string }): JSX.Element {
  const { people: words } = useWords();
  const { index, buttons, signal, green, red } = fob;
  return (
    <div class="fob" role="group" aria-label={words.fob(owner)}>
      <p class="fob-name">
        {words.fob(owner)}
        <span class="fob-lights" aria-hidden="true">
          <span data-on={green} class="green" />
          <span data-on={red} class="red" />
        </span>
        <span class="quiet" role="status">
          {words.signals[signal]}
        </span>
      </p>
      <div class="fob-buttons">
        {buttons.map((what, at) => (
          <button key={at} type="button" onClick={() => actWithFob(index, { action: "press", button: at + 1 })}>
            {words.button(at + 1, what)}
          </button>
        ))}
        <button type="button" class="edit" onClick={() => actWithFob(index, { action: "edit" })}>
          {words.edit}
        </button>
      </div>
      <p class="quiet note">{words.fobNote}</p>
    </div>
  );
}
