import type { JSX } from "preact";
import { useEffect, useId, useRef, useState } from "preact/hooks";
import { SCHEDULE_CHAIN_MAX } from "../../../protocol/limits";
import { useLanguage, useWords } from "../language/speaking";
import { Button } from "./button";
import { WeekCanvas } from "./week-canvas";
import { blocksOf, DAYS, firstOverlap, minutesOf, overlapping, sameBlock, withBlock, withoutBlock, type Block, type WeekWindow } from "./week-grid";
import { WeekRow } from "./week-row";
import { blockText } from "./week-text";

interface WeekEditorProps {
  legend: string;
  value: readonly WeekWindow[];
  /** Gets what can be sent: while a row holds a mistake, the value stays and the form around is not sent. */
  onValue: (windows: WeekWindow[]) => void;
  /** IANA name of the property's zone: said where the reader's is another. */
  zone: string;
  /** What an empty week means here; "At any time" unless said. */
  none?: string;
  /** An empty week is no choice here: the form around is not sent without a time. */
  required?: boolean;
  hint?: string;
  /** Of the API, e.g. `errorOf("windows")`. */
  error?: string | undefined;
}

interface Row {
  key: number;
  window: WeekWindow;
}

const WEEKDAYS = DAYS.slice(0, 5);

/** Weekly windows (N9, S11), drawn and as a list: both are the same data. None at all is a choice of its own. */
export function WeekEditor({ legend, value, onValue, zone, none, required = false, hint, error }: WeekEditorProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const { week, common } = words;
  const id = useId();
  const keys = useRef(0);
  const rowsOf = (windows: readonly WeekWindow[]): Row[] => windows.map((window) => ({ key: keys.current++, window }));
  const [rows, setRows] = useState<Row[]>(() => rowsOf(value));
  const [certain, setCertain] = useState(required || value.length > 0);
  const [told, setTold] = useState("");
  const [selected, setSelected] = useState<Block>();
  const [past, setPast] = useState<WeekWindow[][]>([]);
  const said = useRef(JSON.stringify(value));
  const choice = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const windows = rows.map((row) => row.window);

  // Somebody else's value (loaded anew, a profile chosen) takes the place of what is here.
  const given = JSON.stringify(value);
  useEffect(() => {
    if (given === said.current) return;
    said.current = given;
    setRows(rowsOf(value));
    setCertain(required || value.length > 0);
    setPast([]);
  }, [given]);
  const missing = certain && rows.length === 0;
  useEffect(() => choice.current?.setCustomValidity(missing ? (required ? week.needsTimeHere : week.needsTime) : ""), [missing, week, required]);

  const mistakes = mistakesOf(windows, (window) => (window.days.length === 0 ? week.needsDay : minutesOf(window.start) === undefined || minutesOf(window.end) === undefined ? week.needsTimes : week.sameTimes), (other) => week.overlapsRow(blockText(other, words, language)));
  const take = (after: Row[], { remember = true } = {}): void => {
    if (remember) setPast([...past.slice(-19), windows]);
    setRows(after);
    tell(after.map((row) => row.window));
  };
  const tell = (after: WeekWindow[]): void => {
    if (mistakesOf(after, () => "x", () => "x").size > 0) return;
    said.current = JSON.stringify(after);
    onValue(after);
  };
  /** Rows that stay keep their fields, and the focus in them. */
  const takeWindows = (after: readonly WeekWindow[], how?: { remember: boolean }): void => {
    const left = [...rows];
    take(
      after.map((window) => {
        const at = left.findIndex((row) => row.window === window || row.window.start + row.window.end === window.start + window.end);
        return at === -1 ? { key: keys.current++, window } : { ...left.splice(at, 1)[0], window };
      }),
      how,
    );
  };
  const replace = (before: Block | undefined, after: readonly Block[]): boolean => {
    const rest = before === undefined ? windows : withoutBlock(windows, before);
    const taken = blocksOf(rest).find((other) => after.some((block) => overlapping(block, other)));
    if (taken !== undefined) {
      setTold(week.overlaps(blockText(taken, words, language)));
      return false;
    }
    const changed = after.reduce<WeekWindow[]>((so, block) => withBlock(so, block), [...rest]);
    if (changed.length > SCHEDULE_CHAIN_MAX) {
      setTold(week.tooMany(SCHEDULE_CHAIN_MAX));
      return false;
    }
    takeWindows(changed);
    setTold(after.length === 0 && before !== undefined ? week.removed(blockText(before, words, language)) : after.map((block) => blockText(block, words, language)).join(", "));
    return true;
  };
  const choose = (toCertain: boolean): void => {
    setCertain(toCertain);
    // What was drawn stays in case they come back; it is not what is sent.
    if (toCertain) tell(windows);
    else {
      said.current = "[]";
      onValue([]);
    }
  };
  const undo = (): void => {
    const before = past.at(-1);
    if (before === undefined) return;
    setPast(past.slice(0, -1));
    takeWindows(before, { remember: false });
    setTold("");
  };
  const remove = (key: number): void => {
    take(rows.filter((row) => row.key !== key));
    // The button that was pressed is gone.
    setTimeout(() => (list.current?.querySelector<HTMLElement>("li:last-child .button") ?? choice.current)?.focus());
  };
  const preset = (days: readonly WeekWindow["days"][number][], start: string, end: string): void => takeWindows([{ days: [...days], start, end, onHolidays: false }]);
  const current = selected === undefined ? undefined : blocksOf(windows).find((block) => sameBlock(block, selected));
  const touch = typeof matchMedia === "function" && matchMedia("(pointer: coarse)").matches;

  return (
    <fieldset class="choices week" aria-describedby={error === undefined ? undefined : `${id}-error`}>
      <legend>{legend}</legend>
      {hint !== undefined && <p class="hint">{hint}</p>}
      {required ? (
        // It stands for the times that are missing.
        <input ref={choice} class="unseen" tabIndex={-1} aria-hidden="true" />
      ) : (
        <div class="week-choice">
          <label>
            <input type="radio" name={id} checked={!certain} onChange={() => choose(false)} /> {none ?? week.always}
          </label>
          <label>
            <input ref={choice} type="radio" name={id} checked={certain} onChange={() => choose(true)} /> {week.certain}
          </label>
        </div>
      )}
      {error !== undefined && (
        <p class="error" id={`${id}-error`} role="alert">
          {error}
        </p>
      )}
      {certain && (
        <>
          {zone !== Intl.DateTimeFormat().resolvedOptions().timeZone && <p class="hint">{common.timesOf(zone)}</p>}
          <div class="acts week-presets" role="group" aria-label={week.startFrom}>
            <span class="quiet">{week.startFrom}</span>
            <Button onPress={() => preset(WEEKDAYS, "08:00", "18:00")}>{week.weekdays}</Button>
            <Button onPress={() => preset(DAYS, "07:00", "22:00")}>{week.everyDayLong}</Button>
            <Button onPress={() => preset(DAYS, "22:00", "06:00")}>{week.nights}</Button>
          </div>
          <div role="group" aria-label={week.drawn} aria-describedby={`${id}-help ${id}-keys`}>
            <p class="hint" id={`${id}-help`}>
              {touch ? week.touchHelp : week.pointerHelp}
            </p>
            <WeekCanvas windows={windows} onReplace={replace} onDoing={setTold} selected={current} onSelect={setSelected} />
            {windows.some(({ onHolidays }) => onHolidays) && <p class="hint">{week.holidayMark}</p>}
            {/* Seen once somebody is on a block by keys. */}
            <p class="hint week-keys" id={`${id}-keys`}>
              {week.keysHelp}
            </p>
          </div>
          <div class="acts week-status">
            <p role="status">{told}</p>
            {current !== undefined && <Button onPress={() => void (replace(current, []), setSelected(undefined))}>{week.removeBlock(blockText(current, words, language))}</Button>}
            {past.length > 0 && <Button onPress={undo}>{week.undo}</Button>}
          </div>
          <p class="week-listed" id={`${id}-list`}>
            {week.listed}
          </p>
          <ul class="week-rows" ref={list} aria-labelledby={`${id}-list`}>
            {rows.map(({ key, window }, index) => (
              <WeekRow
                key={key}
                number={index + 1}
                window={window}
                error={mistakes.get(index)}
                onWindow={(changed) => take(rows.map((row) => (row.key === key ? { key, window: changed } : row)))}
                onRemove={() => remove(key)}
              />
            ))}
          </ul>
          <p class="hint">{week.onHolidaysHint}</p>
          <Button disabled={rows.length >= SCHEDULE_CHAIN_MAX} onPress={() => take([...rows, { key: keys.current++, window: { days: [], start: "08:00", end: "18:00", onHolidays: false } }])}>
            {week.addTime}
          </Button>
        </>
      )}
    </fieldset>
  );
}

/** What is wrong, by the row that is wrong: of two that overlap, the later one. */
function mistakesOf(windows: readonly WeekWindow[], incomplete: (window: WeekWindow) => string, overlaps: (other: Block) => string): Map<number, string> {
  const mistakes = new Map<number, string>();
  for (const [index, window] of windows.entries()) {
    if (window.days.length === 0 || blocksOf([window]).length !== window.days.length) mistakes.set(index, incomplete(window));
  }
  const overlap = firstOverlap(windows);
  if (overlap !== undefined) mistakes.set(overlap.windows[1], overlaps(overlap.blocks[0]));
  return mistakes;
}
