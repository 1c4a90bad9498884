// SPDX-License-Identifier: Apache-2.0
// A foreign value is a policy, or every fault of it at once. A field that we do not know is a fault: misspelt, it would silently mean its default. Only a
// document that says it is of a newer Lazaret, and one that is in force already (`unknown: 'kept'`), keeps such fields: they are hashed, have no
// effect, and are reported as `policy.not_applied` (house.md).
import {
  type Exception,
  EXCEPTION_FIELDS,
  findNearest,
  formatPointer,
  knownMatchFields,
  parsePointer,
  type Policy,
  type ScanKind,
  type ScheduleRules,
  valueAt,
} from '@lazaret/core';
import { canonicalJson, findNonJson, type Sha256Hex } from '../canonical-json.ts';
import { checkShape, type ContractFault, type NotApplied } from '../check.ts';
import { knownFieldsAt, placesOfField } from './policy-json-schema.ts';
import { POLICY_VERSION, policySchema } from './policy-schema.ts';

export interface PolicyCheckRules extends Pick<ScheduleRules, 'startWindow'> {
  /** `kept`: for a document that was taken already, maybe by another version of us. Default: refused. */
  readonly unknown?: 'refused' | 'kept';
  /** Pointers of unknown fields that are no fault: they stood in the document before. */
  readonly known?: readonly string[];
}

/** `notApplied` stands beside the faults too: what was kept is told either way. */
export type PolicyCheck = { readonly notApplied: readonly NotApplied[] } & (
  | { readonly policy: Policy }
  | { readonly faults: readonly ContractFault[] }
);

/** The whole policy of a foreign value, with what of it has no effect; or every fault at once, each with its pointer. */
export function checkPolicy(file: unknown, rules: PolicyCheckRules = {}): PolicyCheck {
  // An empty file is read as null: it sets nothing.
  const input = file ?? {};
  const strange = findNonJson(input);
  if (strange !== null) {
    const message = 'This cannot be written as JSON. It is a date, not a number, not valid text, or nested too deep.';
    return { faults: [{ code: 'policy.invalid', path: strange, message }], notApplied: [] };
  }
  const checked = checkShape(policySchema(rules), input, 'policy.invalid');
  const pointers = [...checked.unknownFields.map((steps) => formatPointer(steps)), ...unknownOfExceptions(input)];
  const isKept = keeps(input, rules);
  const refused = pointers
    .filter((pointer) => !isKept(pointer))
    .map((pointer, index) => unknownField(input, pointer, index));
  const notApplied = pointers.filter(isKept).map(toNotApplied);
  const faults = [...('faults' in checked ? checked.faults : []), ...refused];
  return 'value' in checked && faults.length === 0 ? { policy: checked.value, notApplied } : { faults, notApplied };
}

/** SHA-256 of the policy's RFC 8785 text, unknown fields included: two VMs with one hash do the same. */
export function policyHash(policy: Policy, sha256Hex: Sha256Hex): string {
  return sha256Hex(canonicalJson(policy));
}

function keeps(input: unknown, { unknown, known = [] }: PolicyCheckRules): (pointer: string) => boolean {
  const version = valueAt(input, '/version');
  if (unknown === 'kept' || (typeof version === 'number' && version > POLICY_VERSION)) return () => true;
  const before = new Set(known);
  return (pointer) => before.has(pointer);
}

function toNotApplied(pointer: string): NotApplied {
  const inException = /\/exceptions\/\d+\//.test(pointer);
  const message = inException
    ? 'This field is not known, and it may narrow its exception. The exception is kept, but not applied.'
    : 'This field is not known. It is kept, but has no effect.';
  return { code: 'policy.not_applied', path: pointer, message };
}

/** So many get a hint; a file with more is no misspelt policy, and the search costs. */
const HINTS_MAX = 100;
/** More places than these help nobody. */
const PLACES_TOLD_MAX = 3;

function unknownField(input: unknown, pointer: string, index: number): ContractFault {
  const hint = index < HINTS_MAX ? `: ${hintFor(input, pointer)}` : '.';
  return { code: 'policy.unknown_field', path: pointer, message: `This field is not known${hint}` };
}

function hintFor(input: unknown, pointer: string): string {
  const steps = (parsePointer(pointer) ?? []).map((step, index, all) => stepOf(input, all, index, step));
  const name = String(steps.at(-1) ?? '');
  const known = knownFieldsAt(input, steps.slice(0, -1));
  const nearest = findNearest(name, known);
  const elsewhere = placesOfField(name).slice(0, PLACES_TOLD_MAX);
  if (nearest !== null) return `did you mean "${nearest}"?`;
  return elsewhere.length > 0
    ? `it belongs to ${elsewhere.join(' or ')}.`
    : `the known fields here are ${known.join(', ')}.`;
}

/** A pointer does not tell a place in a list from a name; the document does. */
function stepOf(input: unknown, steps: readonly string[], index: number, step: string): string | number {
  return Array.isArray(valueAt(input, formatPointer(steps.slice(0, index)))) ? Number(step) : step;
}

/** The schema takes every condition of an exception; core says which it knows. Of the input: its shape may be any. */
function unknownOfExceptions(input: unknown): readonly string[] {
  const kinds: readonly ScanKind[] = ['realtime', 'scheduled', 'manual'];
  return kinds.flatMap((kind) => {
    const list = valueAt(input, `/${kind}/exceptions`);
    if (!Array.isArray(list)) return [];
    return list.flatMap((item: unknown, index) => unknownOfException(item, [kind, 'exceptions', index]));
  });
}

function unknownOfException(item: unknown, steps: readonly (string | number)[]): readonly string[] {
  const match: unknown = valueAt(item, '/match');
  const known = isObject(match) ? knownMatchFields(match as Exception['match']) : [];
  const fields = unknownKeys(item, EXCEPTION_FIELDS).map((key) => formatPointer([...steps, key]));
  return fields.concat(unknownKeys(match, known).map((key) => formatPointer([...steps, 'match', key])));
}

function unknownKeys(value: unknown, known: readonly string[]): readonly string[] {
  return isObject(value) ? Object.keys(value).filter((key) => !known.includes(key)) : [];
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
