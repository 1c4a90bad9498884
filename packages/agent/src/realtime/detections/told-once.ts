// SPDX-License-Identifier: Apache-2.0
// The gate repeats a message until the agent confirms it. This module remembers which messages are in work and which are done, so that each is handled once.

export interface ToldOnce<Key> {
  /** What became of it so far; one that is new is at work from here on. */
  begin(key: Key): 'new' | 'at-work' | 'done';
  done(key: Key): void;
  /** It was not dealt with: told again, it is new. */
  forget(key: Key): void;
}

/** Of those that are done, so many are remembered: more than a gate tells before it hears of them. */
export function toldOnce<Key>(doneMax: number): ToldOnce<Key> {
  const atWork = new Set<Key>();
  /** The oldest first. */
  const done = new Set<Key>();
  return {
    begin: (key) => {
      if (done.has(key)) return 'done';
      if (atWork.has(key)) return 'at-work';
      atWork.add(key);
      return 'new';
    },
    done: (key) => {
      atWork.delete(key);
      done.delete(key);
      done.add(key);
      const [oldest] = done;
      if (done.size > doneMax && oldest !== undefined) done.delete(oldest);
    },
    forget: (key) => {
      atWork.delete(key);
      done.delete(key);
    },
  };
}
