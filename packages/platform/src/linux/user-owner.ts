// SPDX-License-Identifier: Apache-2.0
// Who a user's share is charged to. A user may have tens of thousands of subordinate user numbers (/etc/subuid) for containers of their own: they are one
// owner, or a single user would have as many shares. Reads two small files, anew when they changed.
import { readFileSync, statSync } from 'node:fs';

interface Range {
  readonly first: number;
  readonly count: number;
  readonly owner: number;
}

/** `subordinates`: lines `NAME-OR-NUMBER:FIRST:COUNT`; `accounts`: of /etc/passwd. */
export function parseSubordinates(subordinates: string, accounts: string): readonly Range[] {
  const numbers = new Map(
    accounts.split('\n').map((line): [string, number] => {
      const [name = '', , uid] = line.split(':');
      return [name, Number(uid)];
    }),
  );
  return subordinates.split('\n').flatMap((line) => {
    const [who = '', first, count] = line.trim().split(':');
    const owner = numbers.get(who) ?? (/^\d+$/.test(who) ? Number(who) : NaN);
    const range = { first: Number(first), count: Number(count), owner };
    return Object.values(range).every(Number.isSafeInteger) && range.count > 0 ? [range] : [];
  });
}

export function ownerAmong(ranges: readonly Range[], uid: number): number {
  return ranges.find(({ first, count }) => uid >= first && uid < first + count)?.owner ?? uid;
}

const FILES = ['/etc/subuid', '/etc/passwd'] as const;
let known: { readonly stamp: string; readonly ranges: readonly Range[] } = { stamp: '', ranges: [] };

export function ownerOfUser(uid: number): number {
  const stamp = FILES.map((path) => statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0).join(' ');
  if (stamp !== known.stamp) known = { stamp, ranges: parseSubordinates(readText(FILES[0]), readText(FILES[1])) };
  return ownerAmong(known.ranges, uid);
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
