// SPDX-License-Identifier: Apache-2.0
// What is wrong with the shape of a value, in our words: the library's are for programmers.
import { findNearest } from '@lazaret/core';
import type { z } from 'zod';

type Issue = z.core.$ZodIssue;

const SHAPES: Readonly<Record<string, string>> = {
  array: 'a list',
  boolean: 'true or false',
  int: 'a whole number',
  null: 'nothing',
  number: 'a number',
  object: 'an object (fields with their values)',
  record: 'an object (fields with their values)',
  string: 'text',
};

/** One sentence, or two. A fault of core's brings its own. */
export function shapeMessage(issue: Issue): string {
  switch (issue.code) {
    case 'invalid_type':
      return `Expected ${nameOf(issue.expected)}, found ${foundShape(issue)}.`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return unionMessage(issue);
    case 'too_small':
      return issue.origin === 'string' ? 'This text is empty.' : `The minimum is ${issue.minimum}.`;
    case 'too_big':
      return issue.origin === 'string'
        ? `This text is too long. The maximum is ${issue.maximum} characters.`
        : `The maximum is ${issue.maximum}.`;
    case 'unrecognized_keys':
      return `${issue.keys.length === 1 ? 'This field is' : 'These fields are'} not known: ${issue.keys.join(', ')}.`;
    case 'custom':
    case 'invalid_element':
    case 'invalid_format':
    case 'invalid_key':
    case 'not_multiple_of':
      return issue.message;
  }
}

function nameOf(expected: string): string {
  return SHAPES[expected] ?? expected;
}

function foundShape({ input }: Issue): string {
  if (input === undefined) return 'nothing: the field is missing';
  if (input === null) return 'nothing (null)';
  if (Array.isArray(input)) return nameOf('array');
  return typeof input === 'number' && !Number.isInteger(input) ? 'a number with a fraction' : nameOf(typeof input);
}

function oneOf(values: readonly string[], input: unknown): string {
  const nearest = typeof input === 'string' ? findNearest(input, values) : null;
  const allowed = values.length === 1 ? `Expected ${values[0] ?? ''}` : `Expected one of ${values.join(', ')}`;
  return nearest === null ? `${allowed}.` : `${allowed}; did you mean "${nearest}"?`;
}

/** A variant is told by its `kind`; the input is all of it. */
function unionMessage(issue: z.core.$ZodIssueInvalidUnion): string {
  const [options, kind]: readonly unknown[] = [Reflect.get(issue, 'options'), Reflect.get(issue, 'discriminator')];
  const { input } = issue;
  if (Array.isArray(options))
    return oneOf(options.map(String), isObject(input) ? Reflect.get(input, String(kind)) : input);
  return 'This does not have any of the forms that are allowed here.';
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/**
 * The same for a schema library that asks for its messages: undefined leaves it its own. A format (an address, a time, an identifier) is told by its name.
 */
export function shapeWords(issue: z.core.$ZodRawIssue): string | undefined {
  if (issue.code === 'invalid_format') return `This is not ${FORMATS[issue.format] ?? 'text of the required form'}.`;
  const message = shapeMessage({ ...issue, path: issue.path ?? [], message: '' } as Issue);
  return message === '' ? undefined : message;
}

const FORMATS: Readonly<Record<string, string>> = {
  email: 'an e-mail address',
  url: 'the address of a web page',
  uuid: 'an identifier',
  datetime: 'a time like 2027-01-31T00:00:00Z',
  base64: 'base64',
};
