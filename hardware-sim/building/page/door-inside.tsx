import type { JSX } from "preact";
import type { DoorView } from "../door-view";
import { useLanguage, useWords } from "./language/speaking";
import { showInstant } from "./times";

/** The door's own view of its list: what lies in its flash, whatever the cloud thinks. */
export function DoorInside({ door }: { door: DoorView }): JSX.Element {
  const { door: all, kinds, lockStates } = useWords();
  const words = all.inside;
  const language = useLanguage();
  const { inside, list, log } = door;
  const facts: [name: string, value: string, code?: boolean][] = [
    [words.list, inside === undefined ? words.noList : words.listIs(inside.version, inside.epoch) + (inside.version > inside.base ? `, ${words.onBase(inside.base)}` : "")],
    [words.rows, inside === undefined || inside.kinds.length === 0 ? words.noRows : inside.kinds.map(({ kind, rows }) => kinds[kind](rows)).join(", ")],
    ...(inside === undefined ? [] : ([[words.mode, lockStates[inside.lockState]]] as [string, string][])),
    [words.lease, list !== undefined && list.leaseEnd > 0 ? showInstant(list.leaseEnd * 1_000, language) : words.noLease],
    [words.events, words.waiting(log.next - log.acknowledged)],
    [words.engine, door.engine],
    [words.id, door.id ?? words.none, true],
    ...(door.claim === undefined ? [] : ([[words.claim, door.claim, true]] as [string, string, boolean][])),
  ];
  return (
    <div class="inside">
      <h3>{words.title}</h3>
      <dl class="facts">
        {facts.map(([name, value, code]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd class={code === true ? "code" : undefined}>{value}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
