// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LazaretError } from '@lazaret/core';
import Fastify from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import { z } from 'zod';
import {
  conflict,
  DEPTH_MAX,
  describeFailure,
  failureOf,
  FaultsError,
  findUnfit,
  handleError,
  isTooDeep,
  notFound,
} from './errors.ts';

const withFields = (fields: object, message = 'of a library') => Object.assign(new Error(message), fields);
const told = (error: unknown): unknown => {
  const failure = describeFailure(error);
  return failure === null ? null : [failure.status, failure.body.error];
};

test('MG-3a: what a feature refuses is told with its code, its place and its faults', () => {
  assert.deepEqual(told(notFound('policy')), [404, { code: 'api.not_found', message: 'This policy does not exist.' }]);
  assert.deepEqual(told(conflict('In the way.')), [409, { code: 'api.conflict', message: 'In the way.' }]);
  assert.deepEqual(told(new LazaretError('api.invalid', 'No.', { where: '/a' })), [
    400,
    { code: 'api.invalid', message: 'No.', path: '/a' },
  ]);
  const faults = [{ code: 'api.invalid', path: '/a', message: 'b' }];
  const [status, body] = told(new FaultsError('policy.invalid', 'Two.', faults)) as [number, object];
  assert.ok(status >= 400 && status < 500);
  assert.deepEqual(body, { code: 'policy.invalid', message: 'Two.', faults });
  const [unknown] = told(new FaultsError('of.no.catalogue', 'Two.', faults)) as [number];
  assert.equal(unknown, 400);
});

test('a fault of ours is none of these: its words are told to nobody', () => {
  for (const error of [
    new Error('secret'),
    new LazaretError('of.no.catalogue', 'secret'),
    withFields({ code: '42P01' }, 'select secret from'),
    withFields({ statusCode: 500 }),
    withFields({ statusCode: 418 }),
    'secret',
    null,
    { code: '23505' },
    { statusCode: 400 },
  ])
    assert.equal(describeFailure(error), null, JSON.stringify(error));
});

test('two at the same moment, and what the server refuses by itself, have a code each', () => {
  for (const code of ['23505', '40001', '40P01'])
    assert.deepEqual(told(withFields({ code })), [
      409,
      { code: 'api.conflict', message: 'Another request did the same at the same time.' },
    ]);
  const rows: readonly (readonly [number, number, string, string])[] = [
    [400, 400, 'api.invalid', 'of a library'],
    [414, 400, 'api.invalid', 'of a library'],
    [431, 400, 'api.invalid', 'of a library'],
    [404, 404, 'api.not_found', 'There is no such address in the API.'],
    [413, 413, 'api.too_large', 'of a library'],
    [415, 415, 'api.unsupported_media_type', 'of a library'],
  ];
  for (const [statusCode, status, code, message] of rows)
    assert.deepEqual(told(withFields({ statusCode })), [status, { code, message }], String(statusCode));
});

test('of a bulk answer a refusal is a row, and a fault of ours is thrown', () => {
  assert.deepEqual(failureOf(conflict('In the way.')), { code: 'api.conflict', message: 'In the way.' });
  for (const error of [
    new Error('x'),
    new LazaretError('keys.damaged', 'x'),
    withFields({ code: 'xapi.' }),
    'x',
    { code: 'api.x' },
  ])
    assert.throws(
      () => failureOf(error),
      (thrown) => thrown === error,
    );
});

test('text that the database cannot hold is found by its place, in names too', () => {
  const bad = (path: string) => ({
    code: 'api.invalid',
    path,
    message: 'Text must not contain NUL or half of a surrogate pair.',
  });
  assert.deepEqual(findUnfit('a\0'), bad(''));
  assert.deepEqual(findUnfit({ a: ['x', '\ud800'] }), bad('/a/1'));
  assert.deepEqual(findUnfit({ a: { 'b\0': 1 } }), bad('/a'));
  for (const fine of ['a', '😀', 7, null, undefined, true, {}, [], { a: [{ b: 'c' }] }, Buffer.from('\0')])
    assert.equal(findUnfit(fine), null);
});

test('what is nested deeper than a stack holds is found before anything walks it', () => {
  const nested = (depth: number, inside: unknown = 1): unknown => {
    let value = inside;
    for (let at = 0; at < depth; at++) value = at % 2 === 0 ? [value] : { a: value };
    return value;
  };
  assert.deepEqual(
    [DEPTH_MAX, DEPTH_MAX + 1].map((depth) => isTooDeep(nested(depth))),
    [false, true],
  );
  assert.equal(findUnfit(nested(DEPTH_MAX)), null);
  assert.deepEqual(findUnfit(nested(DEPTH_MAX + 1)), {
    code: 'api.invalid',
    path: '',
    message: `The document is nested deeper than ${DEPTH_MAX} levels.`,
  });
  for (const flat of ['x', null, 1, undefined]) assert.equal(isTooDeep(flat), false);
  assert.equal(isTooDeep(nested(DEPTH_MAX, Buffer.from('x'))), false, 'bytes are no depth');
  assert.equal(isTooDeep({ a: 1, b: nested(DEPTH_MAX) }), true, 'any branch');
});

/** A server whose one route throws `error`, or takes numbers by name. */
function serverOf(error: unknown = null) {
  const logged: unknown[] = [];
  const server = Fastify({ genReqId: () => 'r-7' });
  server.addHook('onRequest', async (request) => {
    request.log.error = ((facts: unknown, message: string) => logged.push([facts, message])) as never;
  });
  server.setValidatorCompiler(validatorCompiler);
  server.setErrorHandler(handleError);
  const body = z.record(z.string(), z.number());
  const querystring = z.strictObject({ page: z.coerce.number().optional() });
  server.post('/x', { schema: { body, querystring } }, (_request, reply) => {
    if (error === 'early') void reply.header('retry-after', '60');
    if (error === 'early') throw new LazaretError('link.busy', 'Later.');
    if (error !== null) throw error;
    return 'fine';
  });
  const ask = async (payload: object, url = '/x') => {
    const { statusCode, headers, body: text } = await server.inject({ method: 'POST', url, payload });
    return { status: statusCode, retryAfter: headers['retry-after'], body: text === 'fine' ? text : JSON.parse(text) };
  };
  return { ask, logged };
}

test('MG-3a: every fault of what was sent is named by its place, up to a hundred', async () => {
  const { ask, logged } = serverOf();
  assert.equal((await ask({ a: 1 })).body, 'fine');
  const { status, body } = await ask({ a: 'x', b: 1, c: null });
  assert.equal(status, 400);
  assert.deepEqual(
    [body.error.code, body.error.message],
    ['api.invalid', 'The body does not have the form that the API document describes.'],
  );
  assert.deepEqual(
    body.error.faults.map(({ code, path }: { code: string; path: string }) => [code, path]),
    [
      ['api.invalid', '/a'],
      ['api.invalid', '/c'],
    ],
  );
  assert.ok(body.error.faults.every(({ message }: { message: string }) => message.length > 5));
  const query = await ask({}, '/x?page=second');
  assert.equal(query.body.error.message, 'The query does not have the form that the API document describes.');
  const whole = await ask([]);
  assert.deepEqual(whole.body.error.faults[0].path, '');
  const many = Object.fromEntries(Array.from({ length: 150 }, (_, at) => [`${at} ${'x'.repeat(600)}`, 'x']));
  const { faults } = (await ask(many)).body.error;
  assert.equal(faults.length, 100);
  assert.equal(faults[0].path.length, 500);
  const [fault] = (await ask({}, `/x?${'x'.repeat(600)}=1`)).body.error.faults;
  assert.deepEqual([fault.path, fault.message.length], ['', 500]);
  assert.deepEqual(logged, []);
});

test('a fault of ours is logged whole, and told by the number of its request alone', async () => {
  const fault = new Error('secret');
  const { ask, logged } = serverOf(fault);
  const { status, body } = await ask({});
  assert.deepEqual(
    [status, body],
    [500, { error: { code: 'api.internal', message: 'The manager has an internal error. Request id: r-7.' } }],
  );
  assert.deepEqual(logged, [[{ err: fault }, 'internal error']]);
});

test('who is to come again later is told when', async () => {
  const busy = await serverOf(new LazaretError('link.busy', 'Later.')).ask({});
  assert.deepEqual([busy.status, busy.retryAfter], [503, '5']);
  assert.equal((await serverOf('early').ask({})).retryAfter, '60', 'who knows better says so');
  assert.equal((await serverOf(conflict('x')).ask({})).retryAfter, undefined);
});
