import type { JSX } from "preact";
import type { DoorView } from "../door-view";
import { useLanguage, useWords } from "./language/speaking";
import { showInstant } from "./times";
import { useNow } from "./use-now";

const DAY_SECONDS = 86_400;

/** What time the door believes it is, what its clock chip reads, and hands that turn the chip. */
export function DoorClock({ door, onTurn }: { door: DoorView; onTurn: (turn: number | "lost") => void }): JSX.Element {
  const words = useWords().door.clock;
  const language = useLanguage();
  const now = useNow();
  const { clock, chip } = door;
  const said = clock === undefined ? words.unheard : clock.time === 0 ? words.unknown : showInstant(clock.time * 1_000 + (now - clock.at), language);
  return (
    <fieldset class="clock">
      <legend>{words.title}</legend>
      <dl class="facts">
        <div>
          <dt>{words.doorSays}</dt>
          <dd>{said}</dd>
        </div>
        <div>
          <dt>{words.chip}</dt>
          <dd>{chip === undefined ? words.lost : showInstant(chip.offset + now, language)}</dd>
        </div>
      </dl>
      <div class="buttons small">
        <button type="button" onClick={() => onTurn(-DAY_SECONDS)}>
          {words.back}
        </button>
        <button type="button" onClick={() => onTurn(DAY_SECONDS)}>
          {words.on}
        </button>
        <button type="button" onClick={() => onTurn(0)}>
          {words.right}
        </button>
        <button type="button" onClick={() => onTurn("lost")}>
          {words.battery}
        </button>
      </div>
      <p class="quiet note">{words.note}</p>
    </fieldset>
  );
}
