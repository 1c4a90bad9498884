// SPDX-License-Identifier: Apache-2.0
// JSON pointers (RFC 6901): how a fault, an unknown field and the rule that decided (`decidedBy`) are named.

/** Forms a pointer from steps; `pointer()` is the whole value. */
export function formatPointer(steps: readonly (string | number)[]): string {
  return steps.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The steps of a pointer; null when it is none. */
export function parsePointer(pointer: string): readonly string[] | null {
  if (pointer === '') return [];
  if (!pointer.startsWith('/') || /~(?![01])/.test(pointer)) return null;
  return pointer
    .slice(1)
    .split('/')
    .map((step) => step.replaceAll('~1', '/').replaceAll('~0', '~'));
}

/** The value at a pointer, undefined when there is none. Own properties only: `__proto__` finds nothing. */
export function valueAt(root: unknown, pointer: string): unknown {
  const steps = parsePointer(pointer);
  if (steps === null) return undefined;
  let value = root;
  for (const step of steps) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, step)) return undefined;
    value = (value as Record<string, unknown>)[step];
  }
  return value;
}
