// SPDX-License-Identifier: Apache-2.0
import { same, type Survivor } from './survivor.ts';

const CHECK = 'packages/contract/src/check.ts';
const POLICY_CHECK = 'packages/contract/src/policy/policy-check.ts';
const JSON_SCHEMA = 'packages/contract/src/policy/policy-json-schema.ts';
const TOKEN = 'packages/contract/src/link/enrolment-token.ts';

export const CONTRACT: readonly Survivor[] = [
  ...same(CHECK, 'a field has a name', ["const name = path.at(-1) ?? '';", '"Stryker was here!"']),
  ...same(CHECK, 'a text is no issue, and has no code', [
    'const unknownFields = flatten(schema.safeParse(input).error?.issues ?? []).flatMap((issue) =>',
    '["Stryker was here"]',
  ]),
  ...same(CHECK, 'only a fault of ours has parameters', [
    "const params: unknown = issue.code === 'custom' ? issue.params?.['code'] : undefined;",
    'true',
  ]),
  ...same(
    POLICY_CHECK,
    'a pointer of an unknown field is one, and not empty',
    [
      'const steps = (parsePointer(pointer) ?? []).map((step, index, all) => stepOf(input, all, index, step));',
      '["Stryker was here"]',
    ],
    ["const name = String(steps.at(-1) ?? '');", '"Stryker was here!"'],
  ),
  ...same(POLICY_CHECK, 'no pointer is like that text', [
    'function keeps(input: unknown, { unknown, known = [] }: PolicyCheckRules): (pointer: string) => boolean {',
    '["Stryker was here"]',
  ]),
  ...same(POLICY_CHECK, 'no field stands in more places today', [
    'const elsewhere = placesOfField(name).slice(0, PLACES_TOLD_MAX);',
    'placesOfField(name)',
  ]),
  ...same(POLICY_CHECK, 'what is no object has no keys to be compared', [
    "const known = isObject(match) ? knownMatchFields(match as Exception['match']) : [];",
    '["Stryker was here"]',
  ]),
  ...same('packages/contract/src/shape-message.ts', 'a literal has a value', [
    "const allowed = values.length === 1 ? `Expected ${values[0] ?? ''}` : `Expected one of ${values.join(', ')}`;",
    '"Stryker was here!"',
  ]),
  ...same(JSON_SCHEMA, 'anything but `throw` is any', ["unrepresentable: 'any',", '""']),
  ...same(JSON_SCHEMA, 'an own property is there', [
    "typeof step === 'number' ? items : Object.hasOwn(properties ?? {}, step) ? properties?.[step] : undefined;",
    'properties[step]',
  ]),
  ...same(JSON_SCHEMA, 'a text has neither variants nor fields', [
    "return typeof inner === 'object' && !Array.isArray(inner) ? [inner] : [];",
    '["Stryker was here"]',
  ]),
  ...same(CHECK, 'nobody names a field by a symbol', [
    "return path.map((step) => (typeof step === 'number' ? step : String(step)));",
    'true',
  ]),
  ...same('packages/contract/src/canonical-json.ts', 'names of members differ', [
    'const members = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));',
    'left <= right',
  ]),
  ...same('packages/contract/src/canonical-json.ts', 'a refusal always says where', [
    "if (error instanceof LazaretError) return error.where ?? '';",
    '"Stryker was here!"',
  ]),
  ...same(
    TOKEN,
    'null, undefined and what JSON makes of null are all no token',
    ['return text === null ? null : JSON.parse(text);', 'false'],
    ['} catch {', '{}'],
  ),
  ...same(TOKEN, 'six bits that wait are written with the next letter, or at the end', [
    'while (bits >= 6) {',
    'bits > 6',
  ]),
];
