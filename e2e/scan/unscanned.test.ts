// SPDX-License-Identifier: Apache-2.0
// AC-12: a policy's choice for what could not be looked at, as its user sees it – by a scan of the policy, and in real-time.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import { makeProduct, until } from '../support/product.ts';
import { makeRealtime, within, type Line } from '../support/realtime-product.ts';

/** An encrypted member, as anybody's zip makes it. Its content is harmless. */
function lockedZip(path: string): void {
  const letter = `${path}.txt`;
  writeFileSync(letter, 'nothing to see\n');
  execFileSync('7z', ['a', '-tzip', '-psecret', path, letter], { stdio: 'ignore' });
  execFileSync('rm', [letter]);
}

test('AC-12a: at rest – by reason and place: quarantined, told and left, allowed; each stands in the ledger', async (t) => {
  const product = makeProduct(t);
  for (const place of ['inbox', 'archive', 'trusted']) {
    mkdirSync(join(product.directory, place));
    lockedZip(join(product.directory, place, 'a.zip'));
  }
  const directories = { kind: 'list', entries: [{ path: product.directory }] };
  const rule = (place: string, action: string) => ({
    reasons: ['encrypted'],
    directory: join(product.directory, place),
    action,
  });
  const unscanned = [
    rule('inbox', 'quarantine'),
    rule('archive', 'notify'),
    { reasons: ['layers'], action: 'quarantine' },
  ];
  const policy = product.writePolicy({ manual: { directories, unscanned } });
  const scanned = await product.scan('--all', '--policy', policy, '--action', 'policy');
  const rows = new Map(scanned.files.map((row) => [row.path.slice(product.directory.length), row]));
  assert.deepEqual(
    [...rows.values()].map(({ verdict, threats }) => [verdict, threats.length]),
    Array.from({ length: 3 }, () => ['partly', 0]),
  );
  const taken = rows.get('/inbox/a.zip')?.action;
  assert.deepEqual(
    [taken?.primary.action, taken?.primary.result, taken?.decidedBy],
    ['quarantine', 'done', '/manual/unscanned/0'],
  );
  const left = rows.get('/archive/a.zip')?.action;
  assert.deepEqual([left?.primary.action, left?.notify, left?.decidedBy], ['pass', true, '/manual/unscanned/1']);
  assert.equal(rows.get('/trusted/a.zip')?.action, undefined);
  const held = ['inbox', 'archive', 'trusted'].map((place) => existsSync(join(product.directory, place, 'a.zip')));
  assert.deepEqual(held, [false, true, true]);
  assert.match((await product.lazaret('quarantine', 'list')).stdout, /Not-Scanned\.encrypted.*inbox\/a\.zip/);
  // Who asks for an action means what is infected.
  const asked = await product.scan('--policy', policy, '--action', 'delete', join(product.directory, 'archive'));
  assert.equal(asked.files[0]?.action, undefined);
});

test('AC-12a: in real-time – refused by reason and place, told and let go, allowed; an exception by hash holds', {
  timeout: 120_000,
}, async (t) => {
  const product = await makeRealtime(t, 'mkdir inbox archive trusted');
  const { mounts } = product;
  const sample = join(temporaryDirectory(t), 'a.zip');
  lockedZip(sample);
  // Written before anybody watches: the open itself meets it.
  within(
    mounts,
    `for place in inbox archive trusted; do cp ${sample} $place/a.zip; done; cp ${sample} inbox/b.zip; echo x >>inbox/b.zip`,
  );
  const sha256 = createHash('sha256')
    .update(readFileSync(mounts.path('inbox/b.zip')))
    .digest('hex');
  const rule = (place: string, action: string) => ({ reasons: ['encrypted'], directory: mounts.inside(place), action });
  const policy = product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: mounts.directory }] },
      unscanned: [rule('inbox', 'deny'), rule('archive', 'notify')],
      exceptions: [{ match: { sha256 } }],
    },
  });
  const realtime = await product.start('--policy', policy);
  await realtime.line('state', ({ state }) => state === 'on');
  const reads = (path: string): boolean => within(mounts, `cat ${path} >/dev/null`).code === 0;
  assert.deepEqual(['inbox/a.zip', 'inbox/b.zip', 'archive/a.zip', 'trusted/a.zip'].map(reads), [
    false,
    true,
    true,
    true,
  ]);
  const told = (place: string) => (line: Line) => String(line['path']).endsWith(`/${place}/a.zip`);
  const refused = await realtime.line('detection', told('inbox'));
  assert.deepEqual(
    [refused['refused'], nameOf(refused), byOf(refused)],
    [true, 'Not-Scanned.encrypted', '/realtime/unscanned/0'],
  );
  const passed = await realtime.line('detection', told('archive'));
  assert.deepEqual([passed['refused'], byOf(passed)], [false, '/realtime/unscanned/1']);
  assert.ok(existsSync(mounts.path('inbox/a.zip')), 'Deny leaves it');
  await until(() => !reads('inbox/a.zip'), 'it stays refused');
  assert.ok(!realtime.lines.some((line) => line.type === 'detection' && told('trusted')(line)));
  assert.equal(await realtime.stop(), 0);
});

function nameOf(line: Line): unknown {
  return (line['threats'] as readonly { readonly name: string }[])[0]?.name;
}

function byOf(line: Line): unknown {
  return (line['action'] as { readonly decidedBy?: string } | null)?.decidedBy;
}
