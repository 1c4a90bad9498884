// SPDX-License-Identifier: Apache-2.0
// docs/reference/scan-json.md: its examples are rows, of every type, and no field of a row is left out.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import {
  actionRowSchema,
  actionStepSchema,
  exceptedRowSchema,
  fileRowSchema,
  notCoveredRowSchema,
  STEP_RESULTS,
  scanRowSchema,
  summaryRowSchema,
  THREAT_KINDS,
  threatSchema,
} from './scan-rows.ts';
import { UNSCANNED_REASONS, unscannedLeafSchema } from './scanner.ts';

const text = readFileSync(join(import.meta.dirname, '../../../docs/reference/scan-json.md'), 'utf8');

test('every example of the document is a row, and each type of row has one', () => {
  const lines = Array.from(text.matchAll(/^\{"type".*$/gm), ([line]) => line);
  const rows = lines.map((line) => scanRowSchema.parse(JSON.parse(line)));
  // A field that the schema does not know would be dropped by it: then the example shows what is not printed.
  assert.deepEqual(
    rows,
    lines.map((line) => JSON.parse(line)),
  );
  const types = new Set(rows.map(({ type }) => type));
  assert.deepEqual([...types].toSorted(), ['excepted', 'file', 'not-covered', 'summary']);
});

test('the document names every field and every word', () => {
  const schemas = [
    fileRowSchema,
    threatSchema,
    unscannedLeafSchema,
    actionRowSchema,
    actionStepSchema,
    exceptedRowSchema,
    notCoveredRowSchema,
    summaryRowSchema,
  ];
  const fields = schemas.flatMap((schema) => Object.keys(schema.shape));
  const words = [...fields, ...UNSCANNED_REASONS, ...THREAT_KINDS, ...STEP_RESULTS];
  const missing = words.filter((word) => !text.includes(`\`${word}\``));
  assert.deepEqual(missing, []);
});
