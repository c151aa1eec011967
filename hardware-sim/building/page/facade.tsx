import type { JSX } from "preact";
import { useState } from "preact/hooks";
import type { DoorView } from "../door-view";
import type { FobView } from "../fobs/fob-view";
import type { PhoneView } from "../phones/phone-view";
import { actWithPhone } from "./acts";
import { DoorDrawing } from "./door-drawing";
import { useWords } from "./language/speaking";
import { PersonFigure } from "./person-figure";

interface FacadeProps {
  doors: DoorView[];
  phones: PhoneView[];
  fobs: FobView[];
  chosen: number | undefined;
  onChoose: (door: number) => void;
}

/** The street, where people are who stand before no door. */
const STREET = "street";

/** The house from the street: its doors, who stands before them, and which of them the cloud reaches. */
export function Facade({ doors, phones, fobs, chosen, onChoose }: FacadeProps): JSX.Element {
  const { facade: words, door: doorWords } = useWords();
  const [over, setOver] = useState<string>();
  const places = { over: (x: number, y: number) => setOver(placeAt(x, y)), drop: (phone: number, x: number, y: number) => (setOver(undefined), walk(phone, placeAt(x, y))) };
  const at = (door: number | undefined): PhoneView[] => phones.filter((phone) => phone.door === door);
  return (
    <section class="facade card" aria-labelledby="facade-title">
      <h2 id="facade-title">{words.title}</h2>
      <p class="quiet hint">
        {words.hint} {phones.length > 0 && words.hintPeople}
      </p>
      <div class="scene">
        <CloudDrawing label={words.cloud} />
        <ul class="bays">
          {doors.map((door) => {
            const state = !door.power ? "noPower" : door.leafOpen ? "open" : door.strike ? "unlocked" : "locked";
            return (
              <li key={door.index} class="bay" data-place={door.index} data-over={over === String(door.index)}>
                <button type="button" class="bay-door" aria-pressed={door.index === chosen} onClick={() => onChoose(door.index)}>
                  <DoorDrawing door={door} />
                  <span class="bay-name">{door.name}</span>
                  <span class="bay-state" data-state={state}>
                    {doorWords.short[state]}
                    {!door.network && <span class="bay-offline"> {doorWords.short.unplugged}</span>}
                  </span>
                </button>
                {phones.length > 0 && (
                  <div class="pavement">
                    {at(door.index).map((phone) => (
                      <PersonFigure key={phone.index} phone={phone} fob={fobs.find((fob) => fob.phone === phone.index)} place={door.name} drag={places} />
                    ))}
                  </div>
                )}
              </li>
            );
          })}
        </ul>
        {phones.length > 0 && (
          <div class="street" data-place={STREET} data-over={over === STREET}>
            <span class="street-name">{words.street}</span>
            {at(undefined).map((phone) => (
              <PersonFigure key={phone.index} phone={phone} fob={fobs.find((fob) => fob.phone === phone.index)} place={undefined} drag={places} />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}

/** @returns the door's index as text, the street, or undefined for elsewhere. */
function placeAt(x: number, y: number): string | undefined {
  return document.elementFromPoint(x, y)?.closest<HTMLElement>("[data-place]")?.dataset.place;
}

function walk(phone: number, place: string | undefined): void {
  if (place !== undefined) actWithPhone(phone, { action: "go", door: place === STREET ? null : Number(place) });
}

function CloudDrawing({ label }: { label: string }): JSX.Element {
  return (
    <div class="sky" aria-hidden="true">
      <svg class="cloud" viewBox="0 -8 120 54">
        <path d="M30 44a16 16 0 0 1-2-31.800A22 22 0 0 1 70 9a17 17 0 0 1 24 11 12.500 12.500 0 0 1 0 24z" />
        <text x="60" y="34" text-anchor="middle">
          {label}
        </text>
      </svg>
    </div>
  );
}
