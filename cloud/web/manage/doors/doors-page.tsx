import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { AskedView, Empty } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { Page } from "../../ui/page";
import { Table } from "../../ui/table";
import { useProperty } from "../../shell/managed-property";
import { SearchedList } from "../searched-list";
import { useDoors } from "../use-doors";
import { DoorConnection, DoorFlags, DoorHeard, DoorList } from "./door-state";
import { doorAsOfNow, useDoorsNow } from "./doors-now";

/** All doors of the property, as they are now. */
export function DoorsPage(): JSX.Element {
  const { manage, managedDoors: words } = useWords();
  const { id, timeZone, can } = useProperty();
  const asked = useDoors();
  const now = useDoorsNow(id);
  const register = can.includes("register-doors") && <ButtonLink href={`/manage/${id}/doors/new`}>{words.register}</ButtonLink>;
  return (
    <Page title={manage.doors} about={words.about} acts={register}>
      <AskedView asked={asked}>
        {(doors) =>
          doors.length === 0 ? (
            <NoDoors />
          ) : (
            <SearchedList items={doors} textOf={({ name }) => name} hint={words.name}>
              {(shown) => <DoorTable doors={shown.map((door) => doorAsOfNow(door, now.doors?.get(door.id)))} property={id} zone={timeZone} caption={manage.doors} />}
            </SearchedList>
          )
        }
      </AskedView>
    </Page>
  );
}

/** What to do first. */
export function NoDoors(): JSX.Element {
  const { overview, managedDoors: words } = useWords();
  const { id, can } = useProperty();
  return (
    <Empty title={overview.firstDoor}>
      <p>{overview.firstDoorHow}</p>
      {can.includes("register-doors") && (
        <ButtonLink tone="primary" href={`/manage/${id}/doors/new`}>
          {words.register}
        </ButtonLink>
      )}
    </Empty>
  );
}

export function DoorTable({ doors, property, zone, caption }: { doors: readonly Schema<"Door">[]; property: string; zone: string; caption: string }): JSX.Element {
  const { events, managedDoors: words } = useWords();
  return (
    <Table
      caption={caption}
      rows={doors}
      keyOf={({ id }) => id}
      columns={[
        { title: events.door, heading: true, cell: ({ id, name }) => <a href={`/manage/${property}/doors/${id}`}>{name}</a> },
        { title: words.state, cell: (door) => <DoorConnection door={door} /> },
        { title: words.lastHeard, cell: (door) => <DoorHeard door={door} zone={zone} /> },
        { title: words.list, cell: (door) => <DoorList door={door} /> },
        { title: words.alarms, cell: (door) => <DoorFlags door={door} /> },
      ]}
    />
  );
}
