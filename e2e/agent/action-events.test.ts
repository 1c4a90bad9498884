// SPDX-License-Identifier: Apache-2.0
// From what was found to what was done and who is told, by the whole product: the table of the release, and each way in which an action fails.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker, noise, seededRandom, testSeed } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';
import { events, makeRealtime, plant } from '../support/realtime-product.ts';

interface Row {
  readonly action: { readonly primary: { readonly action: string; readonly result: string } } | null;
}

test('AC-1a, AC-6c: by the recommended setting each kind has the action of the release’s table: one is passed and told, one is quarantined', async (t) => {
  const product = makeProduct(t);
  const [unwanted, trojan] = [makeMarker('PUA.Marker'), makeMarker('Win.Trojan.Marker')];
  const place = (name: string): string => join(product.directory, name);
  writeFileSync(place('unwanted'), unwanted.text);
  writeFileSync(place('trojan'), trojan.text);
  const policy = product.writePolicy({ manual: { action: { kind: 'recommended' } } });
  const patterns = product.patterns(unwanted, trojan);
  const { files } = await product.scan(
    '--policy',
    policy,
    '--patterns',
    patterns,
    '--action',
    'policy',
    product.directory,
  );
  const done = (name: string): string | undefined =>
    (files.find(({ path }) => path === place(name)) as Row | undefined)?.action?.primary.action;
  assert.deepEqual([done('unwanted'), done('trojan')], ['pass', 'quarantine']);
  assert.deepEqual([existsSync(place('unwanted')), existsSync(place('trojan'))], [true, false]);
  const spool = readFileSync(join(product.state, 'spool/0000000000000001.ndjson'), 'utf8');
  const told = spool
    .split('\n')
    .filter((line) => line.includes('"type":"detection"'))
    .map((line) => JSON.parse(line) as { path: string; notifyEvent: string | null });
  const eventOf = (name: string): unknown => told.find(({ path }) => path === place(name))?.notifyEvent;
  assert.deepEqual([eventOf('unwanted'), eventOf('trojan')], ['detected', null]);
});

test('AC-7a, AC-7b: a copy that fails and an original that stays are two events, each of the outcome itself', async (t) => {
  const product = await makeRealtime(
    t,
    `mkdir work read-only; cd work; ${plant('fixed.com')}; cd ..; mount --bind work read-only; mount -o remount,ro,bind read-only`,
  );
  const quarantine = { manual: { action: { kind: 'custom', primary: 'quarantine' } } };
  const eventAt = async (policy: object, path: string, ...argv: string[]): Promise<unknown> => {
    // The VM's own: the vault is not a single scan's to limit.
    mkdirSync(product.state, { recursive: true, mode: 0o700 });
    writeFileSync(join(product.state, 'policy.yaml'), JSON.stringify({ ...quarantine, ...policy }));
    await product.lazaret('scan', '--action', 'policy', ...argv, path);
    return events(product).findLast(({ type }) => type === 'detection')?.['notifyEvent'];
  };
  const fixed = product.mounts.inside('read-only/fixed.com');
  assert.equal(await eventAt({}, fixed), 'original-not-deleted');
  assert.ok(existsSync(product.mounts.path('work/fixed.com')));
  // Larger than the whole vault may be.
  t.diagnostic(`seed: ${testSeed}`);
  const marker = makeMarker('Win.Trojan.Marker');
  writeFileSync(
    product.mounts.path('work/large.bin'),
    Buffer.concat([noise(3 * 1024 * 1024, seededRandom(testSeed)), Buffer.from(marker.text)]),
  );
  mkdirSync(product.mounts.path('patterns'));
  writeFileSync(product.mounts.path('patterns/own.ndb'), marker.signature);
  const [large, patterns] = [product.mounts.inside('work/large.bin'), product.mounts.inside('patterns')];
  const vault = { bytesMax: 1024 * 1024 };
  assert.equal(await eventAt({ vault }, large, '--patterns', patterns), 'copy-failed');
  assert.ok(existsSync(product.mounts.path('work/large.bin')));
});
