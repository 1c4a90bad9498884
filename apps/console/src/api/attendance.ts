// SPDX-License-Identifier: Apache-2.0
// Whether a person is at this page. An open page asks the manager again by itself, at live events and by timers: that must not keep a session from ending
// unused. Owns: when a person last did something here.

/** What a person's act starts – a page with its lists – is asked well within this time. */
export const ATTENDED_MS = 60_000;
/** Not the pointer's move: a table that shakes moves it too. */
const ACTS = ['pointerdown', 'keydown', 'wheel', 'touchmove'] as const;

/** By the wall clock, because it goes on while the machine sleeps. Who opens the page is at it. */
let actedAtMs = Date.now();

export function watchAttendance(target: EventTarget): void {
  // Captured: no part of the page can keep it from us.
  for (const act of ACTS) target.addEventListener(act, noteAct, { capture: true, passive: true });
}

function noteAct(): void {
  actedAtMs = Date.now();
}

export function isAttended(): boolean {
  // A clock that was set back says nothing: until the next act nobody is here.
  return Math.abs(Date.now() - actedAtMs) < ATTENDED_MS;
}
