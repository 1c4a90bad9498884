// SPDX-License-Identifier: Apache-2.0
// What changed between two revisions, pointer by pointer. List elements are matched by their content and not by their position: an exception that is inserted
// before others counts as one added exception.
import { canonicalJson, type PolicyChange } from '@lazaret/contract';
import { formatPointer } from '@lazaret/core';

type Steps = readonly (string | number)[];

export function diffDocuments(before: unknown, after: unknown): PolicyChange[] {
  return compare(before, after, []);
}

function compare(before: unknown, after: unknown, steps: Steps): PolicyChange[] {
  if (Array.isArray(before) && Array.isArray(after)) return compareLists(before, after, steps);
  if (isObject(before) && isObject(after)) {
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted((left, right) =>
      left < right ? -1 : 1,
    );
    return names.flatMap((name) => {
      const at = [...steps, name];
      if (!Object.hasOwn(before, name)) return [change('added', at, null, after[name])];
      if (!Object.hasOwn(after, name)) return [change('removed', at, before[name], null)];
      return compare(before[name], after[name], at);
    });
  }
  return canonicalJson(before) === canonicalJson(after) ? [] : [change('changed', steps, before, after)];
}

function compareLists(before: readonly unknown[], after: readonly unknown[], steps: Steps): PolicyChange[] {
  const kept = countTexts(after);
  const removed = before.flatMap((item, index) =>
    take(kept, item) ? [] : [change('removed', [...steps, index], item, null)],
  );
  const had = countTexts(before);
  const added = after.flatMap((item, index) =>
    take(had, item) ? [] : [change('added', [...steps, index], null, item)],
  );
  return [...removed, ...added];
}

function countTexts(items: readonly unknown[]): Map<string, number> {
  const counts = new Map<string, number>();
  for (const item of items) {
    const text = canonicalJson(item);
    counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

function take(counts: Map<string, number>, item: unknown): boolean {
  const text = canonicalJson(item);
  const left = counts.get(text) ?? 0;
  if (left === 0) return false;
  counts.set(text, left - 1);
  return true;
}

function change(kind: PolicyChange['kind'], steps: Steps, before: unknown, after: unknown): PolicyChange {
  return { kind, path: formatPointer(steps), before, after };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
