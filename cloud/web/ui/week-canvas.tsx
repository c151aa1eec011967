import type { JSX, TargetedPointerEvent } from "preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { DAY_MINUTES } from "../../../protocol/schedule";
import { useLanguage, useWords } from "../language/speaking";
import { clicked, draggedTo, shifted, stretched, type Drag, type Point } from "./week-drag";
import { blocksOf, clockOf, overlapping, sameBlock, segmentsOf, STEP_MINUTES, type Block, type Segment, type WeekWindow } from "./week-grid";
import { blockText } from "./week-text";
import { segmentClass, segmentPlace, SegmentText, WeekSheet } from "./week-view";

interface WeekCanvasProps {
  windows: readonly WeekWindow[];
  /** Takes blocks in place of one, or of none. @returns whether they fit; what does not has been told. */
  onReplace: (before: Block | undefined, after: readonly Block[]) => boolean;
  /** Says what is being done, while it is. */
  onDoing: (text: string) => void;
  selected: Block | undefined;
  onSelect: (block: Block | undefined) => void;
}

/** A pointer moves less between pressing and letting go when somebody only clicks. */
const CLICK_PX = 4;

interface Dragging {
  drag: Drag;
  pointer: number;
  x: number;
  y: number;
  moved: boolean;
  blocks: Block[];
}

/** The week that can be drawn in: by mouse and finger, and each block by keys. */
export function WeekCanvas({ windows, onReplace, onDoing, selected, onSelect }: WeekCanvasProps): JSX.Element {
  const words = useWords();
  const language = useLanguage();
  const board = useRef<HTMLDivElement>(null);
  const [dragging, setDragging] = useState<Dragging>();
  const wanted = useRef<Block | undefined>(undefined);
  const blocks = blocksOf(windows);
  const taken = dragging === undefined || dragging.drag.kind === "make" ? undefined : dragging.drag.block;
  const others = taken === undefined ? blocks : blocks.filter((block) => !sameBlock(block, taken));
  const collides = (each: Block): boolean => others.some((other) => overlapping(other, each));

  // A block that has moved is another button: the focus goes along.
  useLayoutEffect(() => {
    if (wanted.current === undefined) return;
    board.current?.querySelector<HTMLElement>(`[data-block="${nameOf(wanted.current)}"]`)?.focus({ preventScroll: true });
    wanted.current = undefined;
  });

  const pointOf = ({ clientX, clientY }: PointerEvent): Point => {
    const { left, top, width, height } = board.current!.getBoundingClientRect();
    return { day: clamped(Math.floor(((clientX - left) / width) * 7), 6), minute: clamped(((clientY - top) / height) * DAY_MINUTES, DAY_MINUTES) };
  };
  const replace = (before: Block | undefined, after: readonly Block[]): void => {
    if (!onReplace(before, after)) return;
    const [block] = after;
    wanted.current = block;
    onSelect(block);
  };

  const press = (event: TargetedPointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    const target = event.target as HTMLElement;
    const name = target.closest<HTMLElement>("[data-block]")?.dataset["block"];
    const block = blocks.find((each) => nameOf(each) === name);
    // A finger on free space scrolls the page; what it taps comes as a click.
    if (block === undefined && event.pointerType === "touch") return;
    const point = pointOf(event);
    const edge = target.dataset["edge"];
    const drag: Drag = block === undefined ? { kind: "make", from: point } : edge === "start" || edge === "end" ? { kind: edge, block } : { kind: "move", block, grab: point.day * DAY_MINUTES + point.minute - (block.day * DAY_MINUTES + block.start) };
    setDragging({ drag, pointer: event.pointerId, x: event.clientX, y: event.clientY, moved: false, blocks: [] });
    event.currentTarget.setPointerCapture(event.pointerId);
    if (block !== undefined) {
      onSelect(block);
      wanted.current = block;
    }
  };
  const move = (event: PointerEvent): void => {
    if (dragging?.pointer !== event.pointerId) return;
    const moved = dragging.moved || Math.hypot(event.clientX - dragging.x, event.clientY - dragging.y) > CLICK_PX;
    if (!moved) return;
    const now = draggedTo(dragging.drag, pointOf(event));
    if (!dragging.moved || JSON.stringify(now) !== JSON.stringify(dragging.blocks)) onDoing(now.map((block) => blockText(block, words, language)).join(", "));
    setDragging({ ...dragging, moved, blocks: now });
  };
  const drop = (event: PointerEvent): void => {
    if (dragging?.pointer !== event.pointerId) return;
    setDragging(undefined);
    if (dragging.moved) replace(taken, dragging.blocks);
    else if (dragging.drag.kind === "make") make(dragging.drag.from);
  };
  const make = (point: Point): void => {
    const block = clicked(point, blocks);
    if (block !== undefined) replace(undefined, [block]);
  };
  const type = (block: Block, event: KeyboardEvent): void => {
    const after = byKey(block, event);
    if (after === undefined) return;
    event.preventDefault();
    replace(block, after === "removed" ? [] : [after]);
    if (after !== "removed") onDoing(blockText(after, words, language));
  };

  const drawn = (segment: Segment): JSX.Element => {
    const { block, first, last } = segment;
    const name = nameOf(block);
    const is = (other: Block | undefined): boolean => other !== undefined && sameBlock(block, other);
    return (
      <button
        key={`${name}${first ? "" : "+"}`}
        type="button"
        class={[segmentClass(segment), ...(is(selected) ? ["picked"] : []), ...(is(taken) && dragging?.moved === true ? ["lifted"] : [])].join(" ")}
        style={segmentPlace(segment)}
        data-block={name}
        // The second half of a night is the same thing.
        tabIndex={first ? 0 : -1}
        aria-hidden={!first}
        aria-label={blockText(block, words, language)}
        onFocus={() => onSelect(block)}
        onKeyDown={(event) => type(block, event)}
      >
        {first && <i data-edge="start" />}
        <SegmentText segment={segment} />
        {last && <i data-edge="end" />}
      </button>
    );
  };
  return (
    <WeekSheet>
      <div
        ref={board}
        class="week-board"
        onPointerDown={press}
        onPointerMove={move}
        onPointerUp={drop}
        onPointerCancel={() => setDragging(undefined)}
        onClick={(event) => {
          if ((event as unknown as PointerEvent).pointerType === "touch" && event.target === board.current) make(pointOf(event as unknown as PointerEvent));
        }}
      >
        {segmentsOf(blocks).map(drawn)}
        {dragging?.moved === true &&
          segmentsOf(dragging.blocks).map((segment) => (
            <div key={`${segment.day}-${segment.from}`} class={`${segmentClass(segment)} ghost${collides(segment.block) ? " collides" : ""}`} style={segmentPlace(segment)}>
              <SegmentText segment={segment} />
            </div>
          ))}
      </div>
    </WeekSheet>
  );
}

function byKey(block: Block, { key, shiftKey, ctrlKey, metaKey, altKey }: KeyboardEvent): Block | "removed" | undefined {
  if (ctrlKey || metaKey || altKey) return undefined;
  if (key === "Delete" || key === "Backspace") return "removed";
  const minutes = key === "ArrowUp" ? -STEP_MINUTES : key === "ArrowDown" ? STEP_MINUTES : 0;
  if (shiftKey) return minutes === 0 ? undefined : stretched(block, minutes);
  if (minutes !== 0) return shifted(block, minutes);
  if (key === "ArrowLeft") return shifted(block, -DAY_MINUTES);
  if (key === "ArrowRight") return shifted(block, DAY_MINUTES);
  return undefined;
}

function nameOf({ day, start, end }: Block): string {
  return `${day} ${clockOf(start)} ${clockOf(end)}`;
}

function clamped(value: number, max: number): number {
  return Math.min(Math.max(value, 0), max);
}
