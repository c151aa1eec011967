import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { ApiProblem } from "../../api/api-problem";
import { answered, api, type Schema } from "../../api/client";
import { useWords } from "../../language/speaking";
import { useAnnounce } from "../../ui/announcer";
import { Button } from "../../ui/button";
import { Field } from "../../ui/field";
import { Form } from "../../ui/form";
import { Page, Section } from "../../ui/page";
import { useProperty } from "../../shell/managed-property";
import { DrawnList } from "./drawn-list";
import { FaultTable, LineTable } from "./report-tables";

type Report = Schema<"ImportReport">;

/** A building as a file (X13): tried first, shown line by line; nothing changes before "Apply". */
export function ImportPage(): JSX.Element {
  const { buildingFile: words, manage } = useWords();
  const { id: property } = useProperty();
  const [file, setFile] = useState<File>();
  const [tried, setTried] = useState<Report>();
  const [done, setDone] = useState<Report>();
  return (
    <Page title={manage.import} about={words.about}>
      {done !== undefined ? (
        <Done
          report={done}
          onAgain={() => {
            setDone(undefined);
            setTried(undefined);
            setFile(undefined);
          }}
        />
      ) : (
        <>
          <Choose
            onTried={(chosen, report) => {
              setFile(chosen);
              setTried(report);
            }}
            onChosen={() => setTried(undefined)}
          />
          {tried !== undefined && file !== undefined && <Tried file={file} report={tried} onReport={setTried} onDone={setDone} />}
        </>
      )}
      <Section title={words.exportTitle}>
        <p>{words.exportAbout}</p>
        <a class="button" href={`/api/properties/${property}/export`} download>
          {words.export}
        </a>
      </Section>
    </Page>
  );
}

/** @param dryRun tries it alone. @throws {ApiProblem} `bad-file` with the faults, where it was not only tried. */
function send(property: string, file: File, dryRun: boolean): Promise<Report> {
  // The bytes as they are: a spreadsheet's own encoding is read by the cloud.
  const bytes = { body: file as unknown as string, bodySerializer: (body: unknown) => body as Blob, headers: { "content-type": "text/csv" } };
  return answered(api.POST("/api/properties/{property}/import", { params: { path: { property }, query: { dryRun: dryRun ? "true" : "false" } }, ...bytes }));
}

function Choose({ onTried, onChosen }: { onTried: (file: File, report: Report) => void; onChosen: () => void }): JSX.Element {
  const { buildingFile: words } = useWords();
  const { id: property } = useProperty();
  const [file, setFile] = useState<File>();
  const check = async (): Promise<void> => {
    if (file !== undefined) onTried(file, await send(property, file, true));
  };
  return (
    <Section title={words.choose}>
      <p>{words.chooseAbout}</p>
      <details>
        <summary>{words.columns}</summary>
        <p>{words.columnsAbout}</p>
        <pre class="notice sample" tabIndex={0}>{SAMPLE}</pre>
      </details>
      <Form submit={words.check} onSubmit={check}>
        {() => (
          <Field label={words.file} hint={words.fileHint}>
            {(control) => (
              <input
                {...control}
                type="file"
                accept=".csv,text/csv,.txt,text/plain,text/tab-separated-values"
                required
                onChange={({ currentTarget }) => {
                  setFile(currentTarget.files?.[0]);
                  onChosen();
                }}
              />
            )}
          </Field>
        )}
      </Form>
    </Section>
  );
}

const SAMPLE = `kind,name,number,template,unit,doors,email,start,end
template,Staircase A,,,,Front door | Garage,,,
unit,Flat 12,12,Staircase A,,,,,
lease,Ada Lovelace,,,Flat 12,,ada@example.com,2026-12-01,
guest,Nan,,,Flat 12,Front door,,,2027-06-30`;

function Tried({ file, report, onReport, onDone }: { file: File; report: Report; onReport: (report: Report) => void; onDone: (report: Report) => void }): JSX.Element {
  const { buildingFile: words } = useWords();
  const { id: property } = useProperty();
  const announce = useAnnounce();
  const id = useId();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), [report]);
  const { made, changed, left, faultCount, faults, lines } = report;
  const apply = async (): Promise<void> => {
    try {
      onDone(await send(property, file, false));
      announce(words.applied(made, changed));
    } catch (error) {
      if (!(error instanceof ApiProblem) || error.code !== "bad-file") throw error;
      // What was possible a moment ago no longer is: the faults take the place of the plan.
      const { faults: now, faultCount: count } = error.members as Pick<Report, "faults" | "faultCount">;
      onReport({ ...report, faults: now, faultCount: count });
    }
  };
  return (
    <section class="card" aria-labelledby={id}>
      <h2 tabIndex={-1} ref={heading} id={id}>
        {faultCount > 0 ? words.faulty(faultCount) : made + changed === 0 ? words.nothingToDo : words.wouldDo}
      </h2>
      <p class="quiet">{words.ofFile(file.name)}</p>
      {faultCount > 0 ? (
        <>
          <p>{words.faultyAbout}</p>
          <FaultTable faults={faults} />
          {faultCount > faults.length && <p class="quiet">{words.moreFaults(faultCount - faults.length)}</p>}
        </>
      ) : (
        <>
          <ul class="counts">
            <li>{words.makes(made)}</li>
            <li>{words.changes(changed)}</li>
            <li>{words.leaves(left)}</li>
          </ul>
          <p>{words.endsNothing}</p>
          {lines.length > 0 && <LineTable lines={lines} />}
          {made + changed > 0 && (
            <Form submit={words.apply} onSubmit={apply}>
              {() => <p>{words.applyAbout}</p>}
            </Form>
          )}
        </>
      )}
    </section>
  );
}

function Done({ report, onAgain }: { report: Report; onAgain: () => void }): JSX.Element {
  const { buildingFile: words } = useWords();
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);
  return (
    <section class="card">
      <h2 tabIndex={-1} ref={heading}>
        {words.applied(report.made, report.changed)}
      </h2>
      <DrawnList report={report} />
      <Button onPress={onAgain}>{words.another}</Button>
    </section>
  );
}
