// SPDX-License-Identifier: Apache-2.0
// What is said of a value of the wrong shape, and that each fault is told once, at its place.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { z } from 'zod';
import { checkShape, reportFaults } from './check.ts';
import { shapeWords } from './shape-message.ts';

function told(schema: z.ZodType, input: unknown): readonly string[] {
  const checked = checkShape(schema, input, 'policy.invalid');
  return 'faults' in checked ? checked.faults.map(({ code, path, message }) => `${code} ${path}: ${message}`) : [];
}
const said = (schema: z.ZodType, input: unknown): string =>
  told(schema, input).join(' | ').replace('policy.invalid : ', '');

test('what must stand there and what stands there are told by their common names', () => {
  const object = 'an object (fields with their values)';
  for (const [schema, input, message] of [
    [z.array(z.string()), {}, `Expected a list, found ${object}.`],
    [z.array(z.string()), 'x', 'Expected a list, found text.'],
    [z.boolean(), null, 'Expected true or false, found nothing (null).'],
    [z.number(), true, 'Expected a number, found true or false.'],
    [z.number().int(), 1.5, 'Expected a whole number, found a number with a fraction.'],
    [z.string(), 2, 'Expected text, found a number.'],
    [z.string(), undefined, 'Expected text, found nothing: the field is missing.'],
    [z.null(), [], 'Expected nothing, found a list.'],
    [z.object({}), [], `Expected ${object}, found a list.`],
    [z.record(z.string(), z.number()), 1, `Expected ${object}, found a number.`],
    [z.date(), 1, 'Expected date, found a number.'],
  ] as const)
    assert.equal(said(schema, input), message);
});

test('what is too small, too large or none of a few says the bound or the few', () => {
  for (const [schema, input, message] of [
    [z.string().min(1), '', 'This text is empty.'],
    [z.string().max(3), 'four', 'This text is too long. The maximum is 3 characters.'],
    [z.number().min(5), 4, 'The minimum is 5.'],
    [z.number().max(5), 6, 'The maximum is 5.'],
    [z.array(z.number()).min(2), [1], 'The minimum is 2.'],
    [z.array(z.number()).max(1), [1, 2], 'The maximum is 1.'],
    [z.literal('a'), 'xyz', 'Expected a.'],
    [z.enum(['low', 'high']), 'lwo', 'Expected one of low, high; did you mean "low"?'],
    [z.enum(['low', 'high']), 'colour', 'Expected one of low, high.'],
    [z.enum(['low', 'high']), 7, 'Expected one of low, high.'],
    [z.string().refine(() => false, 'Core says this.'), 'x', 'Core says this.'],
    // Shapes that no document of ours has: the library's own words.
    [z.email(), 'x', 'Invalid email address'],
    [z.number().multipleOf(2), 3, 'Invalid number: must be a multiple of 2'],
    [z.record(z.string().max(1), z.number()), { ab: 1 }, 'policy.invalid /ab: Invalid key in record'],
    [z.map(z.unknown(), z.number()), new Map([[{}, 'x']]), 'Invalid value in map'],
  ] as const)
    assert.equal(said(schema, input), message);
});

test('of variants the one that was meant is told of, by its kind, else by what fits best', () => {
  const kinds = z.discriminatedUnion('kind', [
    z.object({ kind: z.literal('one'), size: z.number() }),
    z.object({ kind: z.literal('other'), name: z.string() }),
  ]);
  assert.deepEqual(told(kinds, { kind: 'on' }), [
    'policy.invalid /kind: Expected one of one, other; did you mean "one"?',
  ]);
  assert.deepEqual(told(kinds, { kind: 'one', size: 'x' }), ['policy.invalid /size: Expected a number, found text.']);
  const word = z.union([z.literal('day'), z.strictObject({ days: z.number(), from: z.string() })]);
  assert.deepEqual(told(z.object({ every: word }), { every: { days: 'x', from: 'y' } }), [
    'policy.invalid /every/days: Expected a number, found text.',
  ]);
  const fits = z.union([z.object({ a: z.number() }), z.object({ b: z.number(), c: z.number() }), z.number()]);
  assert.deepEqual(told(fits, {}), ['policy.invalid /a: Expected a number, found nothing: the field is missing.']);
  const alike = z.union([z.object({ a: z.number() }), z.object({ b: z.number() })]);
  assert.match(told(alike, {})[0] ?? '', /^policy\.invalid \/a: /, 'of two that fit alike the first');
  assert.deepEqual(told(word, { days: 1, from: 2, more: 3 }), ['policy.invalid /from: Expected text, found a number.']);
});

test('every fault comes at once: a part of the wrong shape hides no rule of its neighbours, and none is told twice', () => {
  const rule = z.object({ a: z.number().default(1), b: z.string() }).superRefine(({ b }, context) => {
    const fault = { code: 'limits.out_of_range', path: '/b', message: 'Not this one.' } as const;
    if (b === 'bad') reportFaults(context, [fault, fault]);
  });
  const pair = z.object({ left: rule, right: z.object({ n: z.number() }) });
  const bad = 'limits.out_of_range /left/b: Not this one.';
  assert.deepEqual(told(pair, { left: { a: 1, b: 'bad' }, right: { n: 1 } }), [bad]);
  assert.deepEqual(told(pair, { left: { a: 'x', b: 'bad' }, right: { n: 'x' } }), [
    'policy.invalid /left/a: Expected a number, found text.',
    'policy.invalid /right/n: Expected a number, found text.',
    bad,
  ]);
  assert.deepEqual(told(pair, { left: { a: 'x', b: 'good' }, right: { n: 1 } }), [
    'policy.invalid /left/a: Expected a number, found text.',
  ]);
});

test('unknown fields are named and put back where they stood, also in lists', () => {
  const schema = z.strictObject({ list: z.array(z.strictObject({ a: z.number() })) });
  const input = { list: [{ a: 1 }, { a: 2, b: [3] }], more: null };
  const checked = checkShape(schema, input, 'policy.invalid');
  assert.ok('value' in checked);
  assert.deepEqual(checked.unknownFields, [['list', 1, 'b'], ['more']]);
  assert.deepEqual(checked.value, input);
  const descriptor = Object.getOwnPropertyDescriptor(checked.value, 'more');
  assert.deepEqual(descriptor, { value: null, enumerable: true, configurable: true, writable: true }, 'as any other');
});

test('a library that asks for words gets ours, but for what we do not know better', () => {
  const words = (issue: object) => shapeWords({ input: 'x', ...issue } as never);
  const text = 'text of the required form';
  for (const [format, name] of [
    ['email', 'an e-mail address'],
    ['url', 'the address of a web page'],
    ['uuid', 'an identifier'],
    ['datetime', 'a time like 2027-01-31T00:00:00Z'],
    ['base64', 'base64'],
    ['regex', text],
  ])
    assert.equal(words({ code: 'invalid_format', format }), `This is not ${name}.`);
  assert.equal(words({ code: 'custom', message: 'x' }), undefined);
  for (const code of ['invalid_key', 'invalid_element', 'not_multiple_of'])
    assert.equal(words({ code }), undefined, code);
  assert.equal(words({ code: 'unrecognized_keys', keys: ['a'] }), 'This field is not known: a.');
  assert.equal(words({ code: 'unrecognized_keys', keys: ['a', 'b'] }), 'These fields are not known: a, b.');
  assert.equal(
    words({ code: 'invalid_union', errors: [] }),
    'This does not have any of the forms that are allowed here.',
  );
  for (const input of [null, 7, { kind: 'colour' }])
    assert.equal(
      words({ code: 'invalid_union', discriminator: 'kind', options: ['a', 'b'], errors: [], input }),
      'Expected one of a, b.',
    );
  assert.equal(words({ code: 'invalid_type', expected: 'string', input: 1 }), 'Expected text, found a number.');
});
