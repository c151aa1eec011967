/** SPEC 16: "may open until at most", each number worked out by hand. */
import type { OpeningEntry } from "./vector-format";
import { DAY, NOW } from "./vector-site";

const facts = { leased: true, leaseEnd: NOW + DAY, rightEnd: null, lastSignedTime: NOW - DAY, unlockSeconds: 5 };

export const LATEST_OPENINGS: OpeningEntry[] = [
  // Two days since the signed time: 172,800 s at 100 ppm are 17.28 s, so 18.
  { name: "a lease that runs for a day", ...facts, until: NOW + DAY + 60 + 960 + 18 + 5 },
  { name: "a right that ends before the lease has no grace", ...facts, rightEnd: NOW + 100, until: NOW + 100 + 960 + 9 + 5 },
  { name: "a right that ends in the lease's grace", ...facts, rightEnd: NOW + DAY + 59, until: NOW + DAY + 59 + 960 + 18 + 5 },
  { name: "a right that ends after it", ...facts, rightEnd: NOW + DAY + 60, until: NOW + DAY + 60 + 960 + 18 + 5 },
  { name: "a time signed after the lease's end", ...facts, lastSignedTime: NOW + 2 * DAY, until: NOW + DAY + 60 + 960 + 0 + 5 },
  { name: "a drift of whole seconds", ...facts, lastSignedTime: NOW - DAY - 7_200, until: NOW + DAY + 60 + 960 + 18 + 5 },
  { name: "no lease was ever signed", ...facts, leaseEnd: 0, until: 0 + 60 + 960 + 0 + 5 },
  { name: "a class that needs no lease", ...facts, leased: false, rightEnd: NOW + 100, until: null },
];
