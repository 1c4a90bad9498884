// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { realtimeLineSchema } from './realtime-lines.ts';

const PAGE = new URL('../../../../docs/reference/realtime-json.md', import.meta.url);

test('every example of the page is a line of the schema, no field of it is unknown, and every type has an example', () => {
  const blocks = readFileSync(PAGE, 'utf8').matchAll(/```json\n([^`]+)```/g);
  const lines = Array.from(blocks, ([, block = '']) => block.trimEnd().split('\n')).flat();
  const types = new Set<string>();
  for (const line of lines) {
    const value: unknown = JSON.parse(line);
    const parsed = realtimeLineSchema.parse(value);
    assert.deepEqual(parsed, value);
    types.add(parsed.type);
  }
  assert.deepEqual(types, new Set(realtimeLineSchema.options.map(({ shape }) => shape.type.value)));
});
