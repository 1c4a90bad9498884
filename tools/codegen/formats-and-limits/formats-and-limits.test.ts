// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { UNSCANNED_REASONS } from '@lazaret/contract';
import { SCAN_LIMIT_RANGES } from '@lazaret/core';
import { DOCUMENT, formatFormatsAndLimits, readScannerLimits } from './document.ts';
import { readLimitsHeader } from './limits-header.ts';

test('the list of formats and limits is what TYPES.md, core and limits.h say, and names every reason', () => {
  const text = formatFormatsAndLimits();
  assert.equal(readFileSync(DOCUMENT, 'utf8'), text, 'run node tools/codegen/formats-and-limits/main.ts');
  for (const reason of UNSCANNED_REASONS) assert.match(text, new RegExp(`^\\| \`${reason}\` \\|`, 'm'));
});

test('the scan process takes every limit that a policy may set', () => {
  const limits = readScannerLimits();
  const { compressionLayersMax, memberBytesMax, membersMax, fileTimeMs } = SCAN_LIMIT_RANGES;
  const pairs = [
    [compressionLayersMax.max, limits.get('compressionLayersMax')],
    [memberBytesMax.max, limits.get('memberBytesMax')],
    [membersMax.max, limits.get('membersMax')],
    [fileTimeMs.max, limits.get('budgetMsMax')],
  ] as const;
  for (const [policy, scanner] of pairs) assert.ok(scanner !== undefined && policy <= scanner, `${policy} ${scanner}`);
  assert.ok(compressionLayersMax.min >= (limits.get('compressionLayersMin') ?? Infinity));
});

test('a constant that cannot be read is refused, not left out', () => {
  const lines = 'inline constexpr size_t a = 3, b = 2 * MiB;  // a = note\n';
  assert.deepEqual(
    [...readLimitsHeader(lines)],
    [
      ['a', 3],
      ['b', 2 ** 21],
    ],
  );
  assert.throws(() => readLimitsHeader('inline constexpr size_t c = a + 1;\n'), /could not be read/);
});
