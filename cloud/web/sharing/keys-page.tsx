import type { JSX } from "preact";
import { useEffect, useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api, type Schema } from "../api/client";
import { useList, type AskedList } from "../api/use-list";
import { useRefresh } from "../api/use-refresh";
import { useWords } from "../language/speaking";
import { usePropertyIfAny } from "../shell/managed-property";
import { useAccount } from "../shell/session";
import { AskedView, Empty } from "../ui/asked-view";
import { ButtonLink } from "../ui/button";
import { TextField } from "../ui/field";
import { More } from "../ui/more";
import { Page, Section } from "../ui/page";
import { useGiving, useKeysPath, type Giving } from "./giving";
import { KeyTable } from "./key-table";
import { isMoving } from "./key-state";

type Key = Schema<"Key">;
type Filter = { state: Key["state"]; mine?: "true" | "false" };

const TYPING_MS = 300;

/** The keys that one may see (S10, N10): on one's own pages what one has and has given, on a property's all of it. */
export function KeysPage(): JSX.Element {
  const { sharing } = useWords();
  const { query } = useLocation();
  const base = useKeysPath();
  const giving = useGiving();
  const ended = query.state === "ended";
  const mayGive = giving.data !== undefined && giving.data.length > 0;
  const person = query.person;
  return (
    <Page
      title={ended ? sharing.endedKeys : sharing.keys}
      back={ended || person !== undefined ? { href: base, label: sharing.allKeys } : undefined}
      acts={mayGive && !ended ? <ButtonLink tone="primary" href={person === undefined ? `${base}/new` : `${base}/new?person=${person}`}>{sharing.give}</ButtonLink> : undefined}
    >
      {ended ? <EndedKeys person={person} /> : <LiveKeys person={person} giving={giving.data} />}
    </Page>
  );
}

function LiveKeys({ person, giving }: { person: string | undefined; giving: readonly Giving[] | undefined }): JSX.Element {
  const { sharing } = useWords();
  const { properties } = useAccount();
  const knowsMayGive = giving !== undefined;
  const mayGive = knowsMayGive && giving.length > 0;
  const property = usePropertyIfAny();
  const base = useKeysPath();
  const [typed, search] = useTyped();
  const apart = property === undefined && person === undefined;
  // What one gives as whoever runs a property is on its own pages.
  const isHere = ({ mine: own, property: at, household }: Key): boolean => !apart || own || !properties.some(({ id }) => id === at) || giving?.some((each) => each.household !== undefined && each.household === household) === true;
  const onlyHere = (list: AskedList<Key>): AskedList<Key> => ({ ...list, data: list.data?.filter(isHere) });
  const waiting = onlyHere(useKeys({ state: "pending" }, person, search));
  const given = onlyHere(useKeys({ state: "active", ...(apart && { mine: "false" }) }, person, search));
  const mine = useKeys({ state: "active", mine: "true" }, person, search, apart);
  const lists = [waiting, given, mine];
  useRefresh(() => Promise.all(lists.map((list) => list.again())).then(() => undefined), lists.some((list) => list.data?.some(isMoving)));

  const whole = lists.every((list) => list.data !== undefined);
  const none = whole && lists.every((list) => list.data?.length === 0);
  const searching = search !== "";
  return (
    <>
      {person !== undefined && <PersonNote keys={lists.flatMap((list) => list.data ?? [])} />}
      {property !== undefined && (!none || searching) && <SearchKeys {...typed} />}
      {none ? (
        <Empty title={searching ? sharing.noneFound : person === undefined ? sharing.noKeys : sharing.noKeysOfPerson}>
          {!searching && knowsMayGive && <p>{mayGive ? sharing.noKeysYet : sharing.mayNotGive}</p>}
          {!searching && mayGive && person === undefined && (
            <p>
              <ButtonLink tone="primary" href={`${base}/new`}>
                {sharing.give}
              </ButtonLink>
            </p>
          )}
        </Empty>
      ) : (
        <>
          <KeySection title={sharing.waiting} list={waiting} show={{ giver: false }} />
          {apart && <KeySection title={sharing.mine} list={mine} show={{ giver: true }} />}
          <KeySection title={apart ? sharing.given : sharing.inForce} list={given} show={{ giver: false }} keep={!apart && !none && !whole} />
        </>
      )}
      <p>
        <a href={`${base}?state=ended${person === undefined ? "" : `&person=${person}`}`}>{sharing.endedKeys}</a>
      </p>
    </>
  );
}

function EndedKeys({ person }: { person: string | undefined }): JSX.Element {
  const { sharing } = useWords();
  const list = useKeys({ state: "ended" }, person, "");
  return (
    <AskedView asked={list}>
      {(keys) =>
        keys.length === 0 ? (
          <Empty title={sharing.noEnded} />
        ) : (
          <>
            <KeyTable caption={sharing.endedKeys} keys={keys} giver />
            <More list={list} />
          </>
        )
      }
    </AskedView>
  );
}

function KeySection({ title, list, show, keep = false }: { title: string; list: AskedList<Key>; show: { giver: boolean }; keep?: boolean }): JSX.Element | null {
  if (list.data?.length === 0 && !keep) return null;
  return (
    <Section title={title}>
      <AskedView asked={list}>
        {(keys) => (
          <>
            <KeyTable caption={title} keys={keys} giver={show.giver} />
            <More list={list} />
          </>
        )}
      </AskedView>
    </Section>
  );
}

function PersonNote({ keys }: { keys: readonly Key[] }): JSX.Element | null {
  const { sharing } = useWords();
  return keys.length === 0 ? null : <p class="quiet">{sharing.keysOf(keys[0].user.name)}</p>;
}

function SearchKeys({ value, onValue }: { value: string; onValue: (value: string) => void }): JSX.Element {
  const { sharing } = useWords();
  return (
    <search>
      <TextField label={sharing.search} type="search" value={value} onValue={onValue} />
    </search>
  );
}

/** What is typed, and what to look for once the typing has paused. */
function useTyped(): [{ value: string; onValue: (value: string) => void }, string] {
  const [value, onValue] = useState("");
  const [search, setSearch] = useState("");
  useEffect(() => {
    const timer = setTimeout(() => setSearch(value.trim()), TYPING_MS);
    return () => clearTimeout(timer);
  }, [value]);
  return [{ value, onValue }, search];
}

function useKeys(filter: Filter, person: string | undefined, search: string, wanted = true): AskedList<Key> {
  const property = usePropertyIfAny()?.id;
  const query = { ...filter, ...(property !== undefined && { property }), ...(person !== undefined && { person }), ...(search !== "" && { search }) };
  return useList(
    (after, signal) => (wanted ? answered(api.GET("/api/keys", { params: { query: { ...query, ...(after !== undefined && { after }) } }, signal })) : Promise.resolve({ items: [], next: null })),
    ["keys", query, wanted],
  );
}
