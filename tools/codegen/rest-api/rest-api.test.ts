// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { formatJson, formatTable, JSON_DOCUMENT, readApi, TABLE_DOCUMENT } from './document.ts';

const document = await readApi();
const hint = 'run: node tools/codegen/rest-api/main.ts';

test('MG-3a: the committed API document is what the routes say', () => {
  assert.equal(readFileSync(JSON_DOCUMENT, 'utf8'), formatJson(document), hint);
  assert.equal(readFileSync(TABLE_DOCUMENT, 'utf8'), formatTable(document), hint);
});

test('MG-3a: every operation has a name of its own, a right, a summary, and an answer that it names', () => {
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods)) as Record<
    string,
    unknown
  >[];
  const names = operations.map(({ operationId }) => operationId);
  assert.equal(new Set(names).size, names.length, 'operation ids are unique');
  for (const { operationId, summary, responses, ...operation } of operations) {
    assert.ok(typeof summary === 'string' && summary !== '', String(operationId));
    assert.equal(typeof operation['x-right'], 'string', String(operationId));
    const answers = Object.keys(responses as object);
    assert.ok(answers.includes('4XX') && answers.some((status) => status.startsWith('2')), String(operationId));
  }
});
