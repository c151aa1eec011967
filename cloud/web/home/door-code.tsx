import type { JSX } from "preact";
import { useProof } from "../account/proof";
import { answered, api } from "../api/client";
import { useAsked } from "../api/use-asked";
import { useWords } from "../language/speaking";
import { AskedView } from "../ui/asked-view";
import { SecretCode } from "../ui/secret-code";

interface OwnCode {
  person: string;
  pin: string;
  mask: string;
}

/** One's own codes at a door (O10): for whoever opens it at its keypad. @param people who one is there, by one's places in households. */
export function DoorCode({ door, name, people }: { door: string; name: string; people: readonly string[] }): JSX.Element {
  const { doors } = useWords();
  const prove = useProof();
  const codes = useAsked((signal) => ownCodes(door, people, signal), [door, people]);
  return (
    <AskedView asked={codes}>
      {(found) =>
        found.length === 0 ? (
          <p class="quiet">{doors.codesNone}</p>
        ) : (
          <>
            {found.map(({ person, pin, mask }) => (
              <SecretCode
                key={pin}
                label={doors.codeOf(name)}
                mask={mask}
                read={async () => (await prove(() => answered(api.GET("/api/members/{person}/pins/{pin}", { params: { path: { person, pin } } })))).pin}
              />
            ))}
          </>
        )
      }
    </AskedView>
  );
}

/** Those that are in force: one that a newer code has replaced is not shown. */
async function ownCodes(door: string, people: readonly string[], signal: AbortSignal): Promise<OwnCode[]> {
  const found: OwnCode[] = [];
  for (const person of people) {
    const { items } = await answered(api.GET("/api/members/{person}/pins", { params: { path: { person } }, signal }));
    for (const { id, mask, kind, replacedAt, doors } of items) {
      if (kind === "pin" && replacedAt === null && doors.some((at) => at.door === door)) found.push({ person, pin: id, mask });
    }
  }
  return found;
}
