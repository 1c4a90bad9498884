// SPDX-License-Identifier: Apache-2.0
// Room that owners share, users or addresses: each may have as much as it leaves free, so that half is the most for one, a third each for two, and a
// newcomer finds some always. Pure.

export interface Shares<Owner> {
  /** False: the owner has its share already, and nothing was taken. */
  take(owner: Owner, amount: number): boolean;
  give(owner: Owner, amount: number): void;
}

export function shares<Owner extends number | string>(whole: number): Shares<Owner> {
  const held = new Map<Owner, number>();
  let all = 0;
  return {
    take: (owner, amount) => {
      const own = (held.get(owner) ?? 0) + amount;
      if (own > whole - (all + amount)) return false;
      held.set(owner, own);
      all += amount;
      return true;
    },
    give: (owner, amount) => {
      const left = (held.get(owner) ?? 0) - amount;
      if (left > 0) held.set(owner, left);
      else held.delete(owner);
      all -= amount;
    },
  };
}
