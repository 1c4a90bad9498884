// SPDX-License-Identifier: Apache-2.0
// The gate tells a thing again until it hears that it is done: this remembers what is at work and what is done, so that it is dealt with once.

export interface ToldOnce<Key> {
  /** What became of it so far; one that is new is at work from here on. */
  begin(key: Key): 'new' | 'at-work' | 'done';
  done(key: Key): void;
  /** It was not dealt with: told again, it is new. */
  forget(key: Key): void;
}

/** Of those that are done, so many are remembered: more than a gate tells before it hears of them. */
export function toldOnce<Key>(doneMax: number): ToldOnce<Key> {
  const known = new Map<Key, 'at-work' | 'done'>();
  const forgetOldestDone = (): void => {
    for (const [key, stand] of known) {
      if (stand === 'done') return void known.delete(key);
    }
  };
  return {
    begin: (key) => {
      const before = known.get(key);
      if (before === undefined) known.set(key, 'at-work');
      return before ?? 'new';
    },
    done: (key) => {
      // Anew, so that the oldest stands first.
      known.delete(key);
      known.set(key, 'done');
      if (known.size > doneMax) forgetOldestDone();
    },
    forget: (key) => void known.delete(key),
  };
}
