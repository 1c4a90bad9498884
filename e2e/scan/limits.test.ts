// SPDX-License-Identifier: Apache-2.0
// Limits of a scan, from the policy to the process that scans: each is set to a value that is not the default, and holds exactly.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker, makeZip, nestZip } from '@lazaret/testkit';
import { makeProduct, type Product } from '../support/product.ts';

const MIB = 1024 * 1024;

interface Outcome {
  readonly verdict: string | undefined;
  readonly reasons: readonly string[];
}

/** Scans `name` by the limits of each kind of scan as the policy sets them. */
async function scanAs(
  product: Product,
  kind: string,
  limits: object,
  name: string,
  patterns: string,
): Promise<Outcome> {
  const policy = product.writePolicy({ [kind]: { limits } });
  const path = join(product.directory, name);
  const { files } = await product.scan('--policy', policy, '--patterns', patterns, '--as', kind, path);
  const [row] = files;
  return { verdict: row?.verdict, reasons: (row?.unscanned ?? []).map(({ reason }) => reason) };
}

for (const [claim, kinds] of [
  ['LM-6a', ['realtime']],
  ['LM-7a', ['scheduled', 'manual']],
] as const) {
  for (const kind of kinds) {
    test(`${claim}: the largest member of a ${kind} scan is the policy's: one byte below is scanned, and that size is not`, async (t) => {
      const product = makeProduct(t);
      const marker = makeMarker('Limit.Marker');
      const patterns = product.patterns(marker);
      const zipOf = (bytes: number): Buffer => makeZip([{ name: 'a.txt', content: marker.atEndOf(bytes) }]);
      writeFileSync(join(product.directory, 'below.zip'), zipOf(2 * MIB - 1));
      writeFileSync(join(product.directory, 'at.zip'), zipOf(2 * MIB));
      const limits = { memberBytesMax: 2 * MIB };
      assert.equal((await scanAs(product, kind, limits, 'below.zip', patterns)).verdict, 'infected');
      assert.deepEqual(await scanAs(product, kind, limits, 'at.zip', patterns), {
        verdict: 'partly',
        reasons: ['size'],
      });
    });
  }
}

test('the layers of compression that are opened are the policy’s', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Limit.Marker');
  const patterns = product.patterns(marker);
  for (const depth of [2, 3])
    writeFileSync(join(product.directory, `${depth}.zip`), nestZip(Buffer.from(marker.text), depth));
  const limits = { compressionLayersMax: 2 };
  assert.equal((await scanAs(product, 'manual', limits, '2.zip', patterns)).verdict, 'infected');
  assert.deepEqual(await scanAs(product, 'manual', limits, '3.zip', patterns), {
    verdict: 'partly',
    reasons: ['layers'],
  });
});
