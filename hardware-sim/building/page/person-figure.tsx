import type { JSX } from "preact";
import { useRef, useState } from "preact/hooks";
import type { FobView } from "../fobs/fob-view";
import type { PhoneView } from "../phones/phone-view";
import { actWithPhone } from "./acts";
import { useLanguage, useWords } from "./language/speaking";

interface PersonFigureProps {
  phone: PhoneView;
  fob: FobView | undefined;
  /** Name of the door before which they stand. */
  place: string | undefined;
  drag: { over: (x: number, y: number) => void; drop: (phone: number, x: number, y: number) => void };
}

/** Less than this is a click, not a walk, px. */
const WALK_PX = 6;

/** Somebody with a phone, who can be walked about; with a keyboard the list beside their name does the same. */
export function PersonFigure({ phone, fob, place, drag }: PersonFigureProps): JSX.Element {
  const { facade: words } = useWords();
  const language = useLanguage();
  const from = useRef<{ x: number; y: number } | undefined>(undefined);
  const [moved, setMoved] = useState({ x: 0, y: 0 });
  const walking = moved.x !== 0 || moved.y !== 0;
  const { name, index, door, doing, answer } = phone;
  const first = name.split(" ")[0];
  const end = (): void => {
    from.current = undefined;
    setMoved({ x: 0, y: 0 });
  };
  // That it has opened one sees.
  const said = doing === undefined && answer?.good === false ? answer.in[language].said : undefined;
  return (
    <div class="person" data-walking={walking} data-figure={index % 4}>
      <div
        class="figure"
        role="img"
        aria-label={place === undefined ? words.personAway(name) : words.personAt(name, place)}
        style={{ transform: `translate(${moved.x}px, ${moved.y}px)` }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          from.current = { x: event.clientX, y: event.clientY };
        }}
        onPointerMove={(event) => {
          if (from.current === undefined) return;
          const [x, y] = [event.clientX - from.current.x, event.clientY - from.current.y];
          if (!walking && Math.hypot(x, y) < WALK_PX) return;
          setMoved({ x, y });
          drag.over(event.clientX, event.clientY);
        }}
        onPointerUp={(event) => {
          if (walking) drag.drop(index, event.clientX, event.clientY);
          end();
        }}
        onPointerCancel={end}
      >
        <svg viewBox="0 0 40 64" aria-hidden="true">
          {door !== undefined && <path class="waves" data-busy={doing !== undefined} d="M32 20a7 7 0 0 1 0 12M35 16a12 12 0 0 1 0 20" />}
          <circle class="head" cx="17" cy="10" r="8" />
          <path class="body" d="M5 62v-26a12 14 0 0 1 24 0v26h-8v-14h-8v14z" />
          <rect class="handset" data-online={phone.online} x="25" y="18" width="7" height="13" rx="1.500" />
          {fob !== undefined && <circle class="fob-light" data-green={fob.green} data-red={fob.red} cx="9" cy="44" r="3" />}
        </svg>
        <span class="person-name">{first}</span>
      </div>
      {door !== undefined && place !== undefined && (
        <button type="button" class="tap" disabled={doing !== undefined} aria-label={words.tapOf(name, place)} onClick={() => actWithPhone(index, { action: "tap" })}>
          {words.tap}
        </button>
      )}
      {door !== undefined && said !== undefined && <p class="bubble">{said}</p>}
    </div>
  );
}
