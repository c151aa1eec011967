const BROWSERS: readonly [name: string, pattern: RegExp][] = [
  ["Edge", /\bEdg/],
  ["Opera", /\bOPR\//],
  ["Samsung Internet", /\bSamsungBrowser/],
  ["Firefox", /\b(Firefox|FxiOS)\//],
  ["Chrome", /\b(Chrome|CriOS|Chromium)\//],
  ["Safari", /\bSafari\//],
];
const SYSTEMS: readonly [name: string, pattern: RegExp][] = [
  ["iPhone", /\biPhone\b/],
  ["iPad", /\biPad\b/],
  ["Android", /\bAndroid\b/],
  ["Windows", /\bWindows\b/],
  ["Mac", /\bMac OS X\b|\bMacintosh\b/],
  ["ChromeOS", /\bCrOS\b/],
  ["Linux", /\bLinux\b/],
];

/** Most name others too, for old times' sake: the order matters. @param agent what a browser calls itself. @param otherwise where nothing of it is known. */
export function browserOf(agent: string, otherwise: string): string {
  const names = [BROWSERS, SYSTEMS].flatMap((known) => known.find(([, pattern]) => pattern.test(agent))?.[0] ?? []);
  return names.length === 0 ? otherwise : names.join(" · ");
}
