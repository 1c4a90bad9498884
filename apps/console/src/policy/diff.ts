// SPDX-License-Identifier: Apache-2.0
// What differs between two documents, by JSON pointer: for the history of policies and the audit.

export interface Difference {
  readonly pointer: string;
  /** Undefined where it was not there. */
  readonly before: unknown;
  readonly after: unknown;
}

/** Leaves that differ, in the order of the documents. Lists are compared by place: a moved entry is two changes. */
export function findDifferences(before: unknown, after: unknown, pointer = ''): readonly Difference[] {
  if (Object.is(before, after)) return [];
  if (!isTree(before) || !isTree(after) || Array.isArray(before) !== Array.isArray(after)) {
    if (hasLeaves(before) && isNothing(after)) return findDifferences(before, emptyAs(before), pointer);
    if (hasLeaves(after) && isNothing(before)) return findDifferences(emptyAs(after), after, pointer);
    return [{ pointer, before, after }];
  }
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    findDifferences(
      own(before, name),
      own(after, name),
      `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`,
    ),
  );
}

/** What came or went as a whole is told leaf by leaf. One without leaves is a leaf itself. */
function emptyAs(tree: Record<string, unknown>): unknown {
  return Array.isArray(tree) ? [] : {};
}

function hasLeaves(value: unknown): value is Record<string, unknown> {
  return isTree(value) && Object.keys(value).length > 0;
}

function isNothing(value: unknown): boolean {
  return value === null || value === undefined;
}

function isTree(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function own(tree: Record<string, unknown>, name: string): unknown {
  return Object.hasOwn(tree, name) ? tree[name] : undefined;
}
