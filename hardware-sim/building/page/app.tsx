import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { DoorPanel, DoorReader } from "./door-panel";
import { Facade } from "./facade";
import { JourneyList } from "./journey-list";
import { Speaking, useWords } from "./language/speaking";
import { Letterbox } from "./letterbox";
import { LogList } from "./log-list";
import { PeoplePanel } from "./people-panel";
import { StoryPanel } from "./story-panel";
import { useBuilding } from "./use-building";

export function App(): JSX.Element {
  return <Speaking>{(languages) => <BuildingPage languages={languages} />}</Speaking>;
}

function BuildingPage({ languages }: { languages: JSX.Element }): JSX.Element {
  const words = useWords();
  const building = useBuilding();
  const [chosen, choose] = useState(0);
  const { live, doors, phones, fobs, journeys, lines, story, cloudUrl } = building;
  const names = doors.map(({ name }) => name);
  const door = doors.at(chosen) ?? doors.at(0);
  return (
    <>
      <a class="skip" href="#journeys-title">
        {words.head.skip}
      </a>
      <header class="top">
        <div class="top-words">
          <h1>{words.head.title}</h1>
          <p class="quiet">{words.head.lead}</p>
        </div>
        <div class="top-side">
          <p class="stream" role="status" data-state={live === undefined ? "none" : live ? "live" : "lost"}>
            {live === undefined ? words.head.connecting : live ? words.head.live : words.head.lost}
          </p>
          {languages}
        </div>
      </header>
      <main data-hosted={story !== undefined}>
        {story !== undefined && <StoryPanel story={story} doors={names} plugged={doors.at(story.doors.far)?.network ?? true} onDoor={choose} />}
        <Facade doors={doors} phones={phones} fobs={fobs} chosen={door?.index} onChoose={choose} />
        {door !== undefined && <DoorReader key={door.index} door={door} tenant={story?.tenant} />}
        <JourneyList journeys={journeys} doors={names} />
        {door !== undefined && <DoorPanel door={door} />}
        {phones.length > 0 && <PeoplePanel phones={phones} fobs={fobs} doors={names} />}
        {cloudUrl !== undefined && <Letterbox cloudUrl={cloudUrl} />}
        <LogList lines={lines} doors={names} />
      </main>
    </>
  );
}
