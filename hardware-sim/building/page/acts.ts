import type { DoorAction } from "../door-view";
import type { FobAction } from "../fobs/fob-view";
import type { PhoneAction } from "../phones/phone-view";
import type { Letter, StoryAction } from "../story-view";

/** Actions arrive in the order in which they were done. */
let last: Promise<unknown> = Promise.resolve();

export function actAtDoor(door: number, action: DoorAction): void {
  post(`/doors/${door}`, action);
}

export function actWithPhone(phone: number, action: PhoneAction): void {
  post(`/phones/${phone}`, action);
}

export function actWithFob(fob: number, action: FobAction): void {
  post(`/fobs/${fob}`, action);
}

export function actInStory(action: StoryAction): void {
  post("/story", { action });
}

/** @throws {Error} nobody answers. */
export async function fetchLetters(): Promise<Letter[]> {
  const response = await fetch("/letters");
  if (!response.ok) throw new Error(response.statusText);
  return (await response.json()) as Letter[];
}

/** What becomes of it comes by the stream: where nobody answers, that says so as well. */
function post(path: string, action: object): void {
  const send = (): Promise<unknown> =>
    fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(action),
    }).catch(() => undefined);
  last = last.then(send);
}
