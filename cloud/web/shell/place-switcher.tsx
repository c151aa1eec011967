import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useWords } from "../language/speaking";
import { Dialog } from "../ui/dialog";
import { TextField } from "../ui/field";
import { Icon } from "./icons";
import type { Navigation } from "./navigation";

/** From so many on, typing is quicker than looking. */
const SEARCH_FROM = 8;

/** Where one is, and a press away from one's other properties. */
export function PlaceSwitcher({ navigation: { place, places } }: { navigation: Navigation }): JSX.Element | null {
  const { shell } = useWords();
  const [open, setOpen] = useState(false);
  if (places.length === 0) return null;
  return (
    <>
      <button type="button" class="place" aria-haspopup="dialog" onClick={() => setOpen(true)}>
        <Icon name={place.href === "/" ? "household" : "building"} />
        <span>
          <span class="unseen">{shell.placeIs} </span>
          {place.name}
        </span>
        <span aria-hidden="true">▾</span>
      </button>
      {open && (
        <Dialog title={shell.whereTo} onClose={() => setOpen(false)}>
          <Places current={place.href} places={places} onChosen={() => setOpen(false)} />
        </Dialog>
      )}
    </>
  );
}

function Places({ current, places, onChosen }: { current: string; places: Navigation["places"]; onChosen: () => void }): JSX.Element {
  const { shell, common } = useWords();
  const [search, setSearch] = useState("");
  const found = places.filter(({ name }) => name.toLocaleLowerCase().includes(search.trim().toLocaleLowerCase()));
  return (
    <nav class="all" aria-label={shell.whereTo}>
      {places.length >= SEARCH_FROM && <TextField label={common.search} type="search" value={search} onValue={setSearch} focused />}
      <ul>
        {found.map(({ name, href }) => (
          <li key={href}>
            <a href={href} aria-current={href === current ? "true" : undefined} onClick={onChosen}>
              {name}
            </a>
          </li>
        ))}
        {found.length > 2 && (
          <li>
            <a href="/manage" onClick={onChosen}>
              {shell.allProperties}
            </a>
          </li>
        )}
      </ul>
      {found.length === 0 && <p class="quiet">{shell.noneFound}</p>}
    </nav>
  );
}
