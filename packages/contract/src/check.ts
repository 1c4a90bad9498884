// SPDX-License-Identifier: Apache-2.0
// Foreign values against a schema: every fault at once, each with its pointer, and unknown fields set aside – kept and named, never dropped.
import { type Fault, formatPointer } from '@lazaret/core';
import type { z } from 'zod';
import type { ErrorCode } from './error-codes.ts';
import { shapeMessage } from './shape-message.ts';

/** A fault of a foreign value: core's, or of its shape. */
export interface ContractFault {
  readonly code: ErrorCode;
  readonly path: string;
  readonly message: string;
}

/** A field that we do not know. It is kept in the value and has no effect. */
export interface NotApplied {
  readonly code: 'policy.not_applied';
  readonly path: string;
  readonly message: string;
}

/** Pointers' steps of the fields that the schema does not know stand beside either outcome. */
export type ShapeResult<T> = { readonly unknownFields: readonly Steps[] } & (
  | { readonly value: T }
  | { readonly faults: readonly ContractFault[] }
);

type Steps = readonly (string | number)[];
type Issue = z.core.$ZodIssue;

/** Parses; unknown fields are cut out for the parser, named, and put back into the result where they stood. */
export function checkShape<T>(schema: z.ZodType<T>, input: unknown, shapeCode: ErrorCode): ShapeResult<T> {
  const unknownFields = flatten(schema.safeParse(input).error?.issues ?? []).flatMap((issue) =>
    issue.code === 'unrecognized_keys' ? issue.keys.map((key) => [...steps(issue.path), key]) : [],
  );
  const known = without(input, unknownFields);
  const result = schema.safeParse(known, { reportInput: true });
  if (!result.success) return { unknownFields, faults: allFaults(schema, known, result.error.issues, shapeCode) };
  for (const path of unknownFields) putBack(result.data, input, path);
  return { unknownFields, value: result.data };
}

/** A part of the wrong shape hides the rules of its neighbours from zod: so look again with such parts taken away. */
function allFaults<T>(
  schema: z.ZodType<T>,
  input: unknown,
  issues: readonly Issue[],
  shapeCode: ErrorCode,
): readonly ContractFault[] {
  const first = flatten(issues);
  const misshapen = first.filter((issue) => issue.code !== 'custom');
  const healed = without(
    input,
    misshapen.map((issue) => steps(issue.path)),
  );
  const hidden = flatten(schema.safeParse(healed).error?.issues ?? []);
  // What was taken away is missing now, at the same place: it is told already.
  const faults = [...first, ...hidden].map((issue) => toFault(issue, shapeCode));
  const seen = new Set<string>();
  return faults.filter(({ code, path }) => !seen.has(`${code} ${path}`) && seen.add(`${code} ${path}`));
}

/** Adapts core's faults of one part to zod, so that they are found together with those of its neighbours. */
export function reportFaults(context: z.core.$RefinementCtx, faults: readonly Fault[]): void {
  for (const { code, path, message } of faults) {
    const parts = path.split('/').slice(1);
    context.addIssue({ code: 'custom', path: parts, message, input: undefined, params: { code } });
  }
}

/** Of a union's branches only the one that fits best is worth telling: the fewest issues. */
function flatten(issues: readonly Issue[]): readonly Issue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
    const best = issue.errors.reduce((left, right) => (weight(right) < weight(left) ? right : left));
    return flatten(best).map((inner) => Object.assign({}, inner, { path: [...issue.path, ...inner.path] }));
  });
}

/** A branch that fails at its very root is the wrong branch. */
function weight(issues: readonly Issue[]): number {
  return issues.reduce(
    (sum, issue) => sum + (issue.path.length === 0 && issue.code !== 'unrecognized_keys' ? 100 : 1),
    0,
  );
}

function toFault(issue: Issue, shapeCode: ErrorCode): ContractFault {
  const params: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;
  const code = typeof params === 'string' ? (params as ErrorCode) : shapeCode;
  return { code, path: formatPointer(steps(issue.path)), message: shapeMessage(issue) };
}

function steps(path: readonly PropertyKey[]): Steps {
  return path.map((step) => (typeof step === 'number' ? step : String(step)));
}

/** A copy of a value without some fields of its objects, in one pass however many they are. Elements of a list stay in their places. */
function without(value: unknown, paths: readonly Steps[]): unknown {
  const pointers = new Set(paths.map((path) => formatPointer(path)));
  return pointers.size === 0 ? value : copyWithout(value, '', pointers);
}

function copyWithout(value: unknown, pointer: string, pointers: ReadonlySet<string>): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const under = (step: string | number): string => `${pointer}${formatPointer([step])}`;
  if (Array.isArray(value)) return value.map((item: unknown, index) => copyWithout(item, under(index), pointers));
  const entries = Object.entries(value).filter(([key]) => !pointers.has(under(key)));
  return Object.fromEntries(entries.map(([key, item]) => [key, copyWithout(item, under(key), pointers)]));
}

/** Defines rather than assigns: a field named `__proto__` is data, not a prototype. */
function putBack(target: unknown, source: unknown, path: Steps): void {
  let to = target as Record<string | number, unknown>;
  let from = source as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) {
    to = to[step] as Record<string | number, unknown>;
    from = from[step] as Record<string | number, unknown>;
  }
  const name = path.at(-1) ?? '';
  const value = Object.getOwnPropertyDescriptor(from, name)?.value as unknown;
  Object.defineProperty(to, name, { value, enumerable: true, configurable: true, writable: true });
}
