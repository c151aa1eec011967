import type { JSX } from "preact";
import type { Schema } from "../../api/client";
import { GivenCodes } from "../../ui/given-codes";
import { doorNames } from "../use-doors";

/** What a change of doors has drawn anew, for people to whom nobody else can give it (P2). */
export interface DrawnCodes {
  person: string;
  name: string;
  codes: readonly Schema<"GivenCode">[];
}

/** @param effect of the same answer: it has the names. */
export function drawnCodes({ codes, effect }: { codes: readonly { person: string; codes: Schema<"GivenCode">[] }[]; effect: readonly Schema<"DoorEffect">[] }): DrawnCodes[] {
  return codes.filter((each) => each.codes.length > 0).map(({ person, codes: given }) => ({ person, name: effect.find((each) => each.person === person)?.name ?? "", codes: given }));
}

export function ChangedCodes({ drawn, doors }: { drawn: readonly DrawnCodes[]; doors: readonly { id: string; name: string }[] | undefined }): JSX.Element {
  return (
    <>
      {drawn.map(({ person, name, codes }) => (
        <GivenCodes key={person} name={name} codes={codes} nameDoors={(ids) => doorNames(ids, doors)} />
      ))}
    </>
  );
}
