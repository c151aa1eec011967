import type { ReaderPort, Signal } from "../reader/reader-port";

/**
 * A phone or fob at a door, as whoever decides sees it: it belongs to the first reader that may move what it asks for,
 * which shows that the door opens, and where its second PIN is typed (X12). Refusals are told to the phone alone.
 * @param readers of the board.
 * @param outputs mask of what is asked for.
 */
export function phonePort(readers: readonly ReaderPort[], outputs: number): ReaderPort {
  const reader = readers.find((candidate) => (candidate.outputs & outputs) !== 0);
  if (reader === undefined) return { index: NO_READER, outputs, signal: SILENT, engaged: false };
  const { index, engaged, signal } = reader;
  const port = { index, outputs, engaged, signal: { ...SILENT, granted: () => signal.granted() } };
  // Whoever types there goes on: what they type next is theirs, and no guess at somebody's second PIN.
  return engaged || reader.promptSecond === undefined ? port : { ...port, promptSecond: () => reader.promptSecond!() };
}

const NO_READER = -1;
const SILENT: Signal = { granted: () => {}, denied: () => {}, wait: () => {}, error: () => {} };
