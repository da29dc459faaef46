// How long to wait before trying again: doubles from half a second to fifteen, with full jitter, so that thousands of
// pages cut off by the same outage do not come back in the same instant.

const FIRST = 500;
const LONGEST = 15_000;

export function delay(failures) {
  const ceiling = Math.min(LONGEST, FIRST * 2 ** Math.max(0, failures - 1));
  return FIRST / 2 + Math.random() * (ceiling - FIRST / 2);
}
