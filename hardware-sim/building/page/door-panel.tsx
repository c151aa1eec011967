import type { JSX } from "preact";
import type { DoorAction, DoorView } from "../door-view";
import type { StoryView } from "../story-view";
import { actAtDoor } from "./acts";
import { CardSlot } from "./card-slot";
import { describeDoor } from "./describe-door";
import { DoorClock } from "./door-clock";
import { DoorInside } from "./door-inside";
import { DoorLog } from "./door-log";
import { HoldButton } from "./hold-button";
import { Keypad } from "./keypad";
import { useWords } from "./language/speaking";
import { Switch } from "./switch";

/** The reader beside the door that one stands before: keys to press, and where a card is held. On a phone, with the story's code at hand. */
export function DoorReader({ door, tenant }: { door: DoorView; tenant: StoryView["tenant"] }): JSX.Element {
  const { door: words, story } = useWords();
  const { text, tone } = describeDoor(door, words);
  const act = (action: DoorAction): void => actAtDoor(door.index, action);
  const open = door.otherOutputs.flatMap((isOpen, index) => (isOpen ? [index + 1] : []));
  return (
    <section class="reader-part card" aria-labelledby="reader-title">
      <h2 id="reader-title">{door.name}</h2>
      {tenant !== undefined && (
        <p class="story-code">
          {story.code(tenant.name)} <strong class="code">{tenant.pin}</strong>
        </p>
      )}
      <div class="plate" data-buzzer={door.buzzer}>
        <span class="led" data-led={!door.power ? "dark" : door.ledGreen ? "green" : "red"} aria-hidden="true" />
        <Keypad name={words.keypad(door.name)} onPress={(key) => act({ action: "key", key })} />
        <CardSlot onCard={(card) => act({ action: "card", card })} />
      </div>
      <p class="sentence" role="status" data-tone={tone}>
        {text}
        {open.length > 0 && ` ${words.otherOutputs(open.join(", "))}.`}
      </p>
      <div class="buttons">
        <button type="button" onClick={() => act({ action: "leaf", open: !door.leafOpen })}>
          {door.leafOpen ? words.close : words.pull}
        </button>
        <Switch on={door.network} onSwitch={(plugged) => act({ action: "network", plugged })}>
          {words.network}
        </Switch>
      </div>
    </section>
  );
}

/** The rest of that door: what else one can do there, its power, its clock, and what it knows. */
export function DoorPanel({ door }: { door: DoorView }): JSX.Element {
  const { door: words } = useWords();
  const act = (action: DoorAction): void => actAtDoor(door.index, action);
  return (
    <section class="door card" aria-labelledby="door-title">
      <h2 id="door-title">{words.within(door.name)}</h2>
      <div class="door-columns">
        <DoorInside door={door} />
        <DoorLog log={door.log} />
        <div class="door-hands">
          <h3>{words.atTheDoor}</h3>
          <div class="buttons">
            <HoldButton held={door.exitHeld} onHold={(held) => act({ action: "exit", held })}>
              {words.exit}
            </HoldButton>
            <button type="button" disabled={door.leafOpen} onClick={() => act({ action: "leaf", open: true, force: true })}>
              {words.force}
            </button>
            <HoldButton held={door.serviceHeld} title={words.serviceTitle} onHold={(held) => act({ action: "service", held })}>
              {words.service}
            </HoldButton>
            <Switch on={door.power} onSwitch={(on) => act({ action: "power", on })}>
              {words.power}
            </Switch>
          </div>
          <p class="quiet note">{words.exitNote}</p>
        </div>
        <DoorClock door={door} onTurn={(turn) => act({ action: "clock", turn })} />
      </div>
    </section>
  );
}
