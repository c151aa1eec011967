/** How long to wait after so many failures in a row, in seconds: the first wait doubles each time, up to the longest. */
export function backOff(failures: number, first: number, longest: number): number {
  return Math.min(first * 2 ** Math.min(failures - 1, 30), longest);
}
