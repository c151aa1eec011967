import type { JSX } from "preact";
import { answered, api } from "../../api/client";
import { useAsked } from "../../api/use-asked";
import { useWords } from "../../language/speaking";
import { AskedView } from "../../ui/asked-view";
import { ButtonLink } from "../../ui/button";
import { Section } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { doorAsOfNow, useDoorNow } from "./doors-now";

/** How far a door has come since it was registered, as it happens. */
export function RegisterSteps({ door: id }: { door: string }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { id: property } = useProperty();
  const asked = useAsked((signal) => answered(api.GET("/api/doors/{door}", { params: { path: { door: id } }, signal })), [id]);
  const now = useDoorNow(id, () => void asked.again());
  return (
    <AskedView asked={asked}>
      {(read) => {
        const door = doorAsOfNow(read, now);
        const reached = door.upToDate ? 3 : door.state === "claimed" ? 2 : 1;
        const steps = [words.registerStep.registered, words.registerStep.claimed, words.registerStep.listed];
        return (
          <Section title={door.name}>
            <p class="progress" role="status">
              <progress max={steps.length} value={reached} aria-label={words.registerSteps} /> {steps[reached - 1]}
            </p>
            <ol class="steps">
              {steps.map((step, index) => (
                <li key={step} class={index < reached ? "done" : ""} aria-current={index === reached ? "step" : undefined}>
                  {step}
                </li>
              ))}
            </ol>
            {reached < steps.length && <p class="quiet">{words.registeredHow}</p>}
            <ButtonLink tone={reached === steps.length ? "primary" : "plain"} href={`/manage/${property}/doors/${id}`}>
              {words.seeDoor}
            </ButtonLink>
          </Section>
        );
      }}
    </AskedView>
  );
}
