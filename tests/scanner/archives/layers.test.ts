// SPDX-License-Identifier: Apache-2.0
// LM-5 by the real scan process, over every format and mixtures of them.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { fullSize, makeMarker, seededRandom, testSeed } from '@lazaret/testkit';
import { expectedOf, layerFormats, wrapped, type Layer } from './layers.ts';
import { SCHEDULED, startTestScanner } from '../test-scanner.ts';

const marker = makeMarker('Test.Layers', seededRandom(testSeed));

test('LM-5a, LM-5b, LM-5c: every format and every mixture, one to twelve deep, is found up to five compressions, and from six on goes to the ledger', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const random = seededRandom(testSeed);
  const formats = layerFormats(scanner.directory);
  const names = Object.keys(formats);
  const mixed = (): string => names[Math.floor(random() * names.length)] ?? '';
  const shapes = [...names.map((name) => () => name), ...Array.from({ length: fullSize ? 200 : 10 }, () => mixed)];
  const wrong: string[] = [];
  let decided = 0;
  for (const formatAt of shapes) {
    const layers: Layer[] = [{ format: 'file', content: marker.atEndOf(60), counts: 0 }];
    for (let depth = 1; depth <= 12; depth++) {
      const outer = wrapped(layers.at(-1) ?? assert.fail(), formatAt(), formats);
      if (outer === null) break;
      layers.push(outer);
      const { verdict, unscanned } = await scanner.scanBytes(outer.content, { ...SCHEDULED, nestingMax: 60 });
      const [strict, inView] = [expectedOf(layers, marker.text, false), expectedOf(layers, marker.text, true)];
      const said = { found: verdict === 'infected', cut: unscanned.length > 0 };
      const other = unscanned.filter(({ reason }) => reason !== 'layers').map(({ reason }) => reason);
      const right =
        [strict, inView].some(({ found }) => found === said.found) &&
        [strict, inView].some(({ cut }) => cut === said.cut);
      if (!right || other.length > 0)
        wrong.push(
          `${layers.map((layer) => layer.format).join('.')}: ${JSON.stringify({ said, other, strict, inView })}`,
        );
      if (JSON.stringify(strict) === JSON.stringify(inView)) decided++;
    }
  }
  t.diagnostic(`${shapes.length} mixtures, ${decided} layers where one answer alone is right, seed ${testSeed}`);
  assert.deepEqual(wrong, []);
  assert.ok(decided > 6 * names.length, String(decided));
});

test('LM-5a: of the same bytes at two depths the less deep place tells what was read: what lies too deep is cut, and nothing is corrupted', async (t) => {
  const scanner = await startTestScanner(t, { 'test.ndb': marker.signature });
  const formats = layerFormats(scanner.directory);
  // The outer archive stores the 7z, and the 7z the gzip: the engine meets the innermost archive inside both, and in plain view of the outer one.
  for (const chain of ['arj.gzip.7z.arj.zstd.bzip2.lz4', 'arj.gzip.7z.arj.zstd.bzip2.gzip']) {
    const innermost: Layer = { format: 'file', content: marker.atEndOf(60), counts: 0 };
    const whole = chain
      .split('.')
      .reduce((inner, format) => wrapped(inner, format, formats) ?? assert.fail(), innermost);
    const { unscanned } = await scanner.scanBytes(whole.content, { ...SCHEDULED, nestingMax: 60 });
    assert.deepEqual([...new Set(unscanned.map(({ reason }) => reason))], ['layers'], chain);
  }
});
