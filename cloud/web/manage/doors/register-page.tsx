import type { JSX } from "preact";
import { useState } from "preact/hooks";
import { useLocation } from "preact-iso/router";
import { answered, api } from "../../api/client";
import { useWords } from "../../language/speaking";
import { Button } from "../../ui/button";
import { TextField } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page, Section } from "../../ui/page";
import { canScan, QrCamera } from "../../ui/qr-camera";
import { useProperty } from "../../shell/managed-property";
import { RegisterSteps } from "./register-steps";

const CLAIM = /latchkey:1:[0-9a-f]{16}:[0-9a-f]{32}/;

/** Registers a door by its claim QR, then follows it until it has its first list. `?door=` follows one that is registered. */
export function RegisterPage(): JSX.Element {
  const { manage, managedDoors: words } = useWords();
  const { id: property } = useProperty();
  const { query, route } = useLocation();
  const following = query.door as string | undefined;
  return (
    <Page title={words.register} about={following === undefined ? words.registerAbout : undefined} back={{ href: `/manage/${property}/doors`, label: manage.doors }}>
      {following === undefined ? <RegisterForm onDone={(door) => route(`/manage/${property}/doors/new?door=${door}`, true)} /> : <RegisterSteps key={following} door={following} />}
    </Page>
  );
}

function RegisterForm({ onDone }: { onDone: (door: string) => void }): JSX.Element {
  const { managedDoors: words } = useWords();
  const { id: property } = useProperty();
  const [name, setName] = useState("");
  const [claim, setClaim] = useState("");
  const [scanning, setScanning] = useState(false);
  const found = CLAIM.exec(claim.toLowerCase())?.[0];
  const wrong = claim.trim() !== "" && found === undefined ? words.claimWrong : undefined;
  const register = async (): Promise<void> => {
    if (found === undefined) return;
    const door = await answered(api.POST("/api/doors", { body: { property, name, claim: found } }));
    onDone(door.id);
  };
  return (
    <Section title={words.unclaimed}>
      <Form submit={words.register} onSubmit={register} disabled={claim !== "" && found === undefined}>
        {(errorOf) => (
          <>
            <TextField label={words.name} hint={words.nameHint} required maxLength={100} value={name} onValue={setName} error={errorOf("name")} />
            <TextField label={words.claim} hint={words.claimHint} required autocomplete="off" autocapitalize="none" spellcheck={false} value={claim} onValue={setClaim} error={errorOf("claim") ?? wrong} />
            {canScan() && !scanning && <Button onPress={() => setScanning(true)}>{words.camera}</Button>}
            {scanning && (
              <QrCamera
                label={words.cameraAbout}
                failed={words.cameraFailed}
                onText={(text) => {
                  if (!CLAIM.test(text)) return;
                  setClaim(text);
                  setScanning(false);
                }}
              />
            )}
          </>
        )}
      </Form>
    </Section>
  );
}
