// SPDX-License-Identifier: Apache-2.0
// `lazaret scan` as its user has it: exit codes, rows, coverage, policy, and input that is wrong.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { chmodSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, makeMarker, makeZip, nestZip, packZipCrypto } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';

test('SC-6a, SC-6d: a manual scan finds by content and through a zip, names the layers, and exits 1; a clean tree exits 0', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Found');
  const patterns = product.patterns(marker);
  mkdirSync(join(product.directory, 'sub'));
  writeFileSync(join(product.directory, 'plain.txt'), marker.atEndOf(300));
  writeFileSync(join(product.directory, 'sub/in.zip'), nestZip(marker.atEndOf(300), 2));
  writeFileSync(join(product.directory, 'sub/clean.txt'), 'clean');
  const found = await product.scan('--patterns', patterns, product.directory);
  assert.equal(found.code, 1);
  const layers = Object.fromEntries(
    found.files.map(({ path, threats }) => [path.slice(product.directory.length), threats[0]?.layers]),
  );
  assert.deepEqual(Object.keys(layers), ['/plain.txt', '/sub/clean.txt', '/sub/in.zip'], 'in walk order');
  assert.deepEqual(layers['/plain.txt'], []);
  assert.equal(layers['/sub/in.zip']?.at(-1), 'marker.txt');
  assert.equal(found.summary.infected, 2);
  assert.equal(found.summary.files, 3);
  const clean = await product.scan('--patterns', patterns, join(product.directory, 'sub/clean.txt'));
  assert.equal(clean.code, 0);
});

test('a scan that met no file says so and exits 3, unless --allow-empty; one that met an excepted file exits 0', async (t) => {
  const product = makeProduct(t);
  const patterns = product.patterns(makeMarker('Found'));
  const empty = join(product.directory, 'empty');
  mkdirSync(empty);
  const { code, stdout } = await product.lazaret('scan', '--patterns', patterns, empty);
  assert.equal(code, 3);
  assert.match(stdout, /found no file/);
  assert.equal((await product.scan('--patterns', patterns, '--allow-empty', empty)).code, 0);
  writeFileSync(join(empty, 'file'), 'clean');
  const policy = product.writePolicy({ manual: { exceptions: [{ match: { file: join(empty, 'file') } }] } });
  assert.equal((await product.scan('--patterns', patterns, '--policy', policy, empty)).code, 0);
});

test('LM-1a: what could not be looked at is in the ledger, makes exit code 3, and coverage names all of it', async (t) => {
  const product = makeProduct(t);
  const secret = packZipCrypto(
    product.directory,
    [
      { name: 'a', content: Buffer.from('a') },
      { name: 'b', content: Buffer.from('b') },
    ],
    [{ name: 'c', content: Buffer.from('c') }],
  );
  writeFileSync(join(product.directory, 'secret.zip'), secret);
  const { code, summary, files } = await product.scan(join(product.directory, 'secret.zip'));
  assert.equal(code, 3);
  assert.deepEqual(summary.coverage, { lookedAt: 2, all: 4 });
  assert.deepEqual(summary.unscanned, { encrypted: 2 });
  assert.deepEqual(
    files[0]?.unscanned.map(({ layers }) => layers),
    [['a'], ['b']],
  );
  assert.equal(files[0]?.verdict, 'partly');
  const told = await product.lazaret('scan', join(product.directory, 'secret.zip'));
  assert.match(told.stdout, /Coverage: 2\/4 \(50\.00 %\)/);
  assert.match(told.stdout, /^  2 encrypted$/m);
});

test('EX-1a, EX-1b, EX-1c, EX-1f, EX-2h: excepted directories, files and extensions are not scanned, and what they hide is counted', async (t) => {
  const product = makeProduct(t);
  for (const name of ['a.txt', 'b.log', 'keep/c.txt', 'skip/d.txt', 'skip/deep/e.txt']) {
    mkdirSync(join(product.directory, name, '..'), { recursive: true });
    writeFileSync(join(product.directory, name), eicar());
  }
  const exceptions = [
    { match: { directory: join(product.directory, 'skip') } },
    { match: { extension: 'log' } },
    { match: { file: join(product.directory, 'a.txt') } },
  ];
  const policy = product.writePolicy({ manual: { exceptions } });
  const { summary, rows, files } = await product.scan('--policy', policy, product.directory);
  assert.deepEqual(
    files.map(({ path }) => path),
    [join(product.directory, 'keep/c.txt')],
  );
  assert.equal(summary.excepted, 4);
  const hits = { '/manual/exceptions/0': 2, '/manual/exceptions/1': 1, '/manual/exceptions/2': 1 };
  assert.deepEqual(summary.exceptedBy, hits);
  const rules = rows.flatMap((row) => (row.type === 'excepted' ? [row.decidedBy] : []));
  assert.deepEqual(rules, [
    '/manual/exceptions/2',
    '/manual/exceptions/1',
    '/manual/exceptions/0',
    '/manual/exceptions/0',
  ]);
});

test('EX-1a: an exception whose place is a link that others can change hides nothing of its target, and the scan says so', async (t) => {
  const product = makeProduct(t);
  mkdirSync(join(product.directory, 'real'));
  writeFileSync(join(product.directory, 'real/a.txt'), eicar());
  // As the folder for temporary files: everybody could put another link there, were it not for the sticky bit.
  const open = join(product.directory, 'open');
  mkdirSync(open);
  chmodSync(open, 0o1777);
  symlinkSync('../real', join(open, 'link'));
  const policy = product.writePolicy({ manual: { exceptions: [{ match: { directory: join(open, 'link') } }] } });
  const { files } = await product.scan('--policy', policy, product.directory);
  assert.equal(files.find(({ path }) => path.endsWith('/real/a.txt'))?.verdict, 'infected');
  const { stdout, stderr } = await product.lazaret('scan', '--policy', policy, product.directory);
  assert.match(stdout + stderr, /The files there are scanned\. \(exceptions\.link\)/);
});

test('EX-2c, EX-2d: an exception by hash or by pattern name leaves an infected file alone, and says by which rule', async (t) => {
  const product = makeProduct(t);
  writeFileSync(join(product.directory, 'a.txt'), eicar());
  for (const match of [
    { sha256: '275a021bbfb6489e54d471899f7db9d1663fc695ec2fe2a2c4538aabf651fd0f' },
    { pattern: 'Eicar-*' },
  ]) {
    const policy = product.writePolicy({ manual: { exceptions: [{ match }] } });
    const { code, rows, summary } = await product.scan('--policy', policy, '--action', 'delete', product.directory);
    assert.equal(code, 0);
    assert.equal(rows[0]?.type === 'excepted' && rows[0].decidedBy, '/manual/exceptions/0');
    assert.equal(summary.excepted, 1);
  }
});

test('RT-3c, RT-2b: the scope of the policy decides where and what is scanned, and each row names its rule', async (t) => {
  const product = makeProduct(t);
  for (const name of ['one/a.EXE', 'one/a.tar.gz', 'one/none', 'one/deep/b.exe', 'two/c.exe', 'three/d.exe']) {
    mkdirSync(join(product.directory, name, '..'), { recursive: true });
    writeFileSync(join(product.directory, name), 'x');
  }
  const entries = [
    { path: join(product.directory, 'one'), subdirectories: false },
    { path: join(product.directory, 'two') },
  ];
  const files = { kind: 'extensions', extensions: ['.exe', 'tar.gz', ''] };
  const policy = product.writePolicy({ manual: { directories: { kind: 'list', entries }, files } });
  const found = await product.scan('--all', '--policy', policy);
  const names = found.files.map(({ path, decidedBy }) => `${path.slice(product.directory.length)} ${decidedBy}`);
  assert.deepEqual(names, [
    '/one/a.EXE /manual/files/extensions/0',
    '/one/a.tar.gz /manual/files/extensions/1',
    '/one/none /manual/files/extensions/2',
    '/two/c.exe /manual/files/extensions/0',
  ]);
});

test('RT-3b, RT-3d, RT-3e: IntelliScan scans by content, so a wrong name takes nothing out of scope', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Typed');
  const patterns = product.patterns(marker);
  writeFileSync(join(product.directory, 'holiday.jpg'), makeZip([{ name: 'm', content: marker.atEndOf(300) }]));
  writeFileSync(join(product.directory, 'script.jpg'), `#!/bin/sh\n${marker.text}\n`);
  writeFileSync(join(product.directory, 'notes.txt'), marker.atEndOf(300));
  writeFileSync(join(product.directory, 'page.php'), marker.atEndOf(300));
  const policy = product.writePolicy({ manual: { files: { kind: 'intelliscan' } } });
  const { files } = await product.scan('--policy', policy, '--patterns', patterns, product.directory);
  const names = files.map(({ path }) => path.slice(product.directory.length + 1));
  assert.deepEqual(names, ['holiday.jpg', 'page.php', 'script.jpg'], 'a text is scanned when its name is listed');
  assert.ok(files.every(({ verdict }) => verdict === 'infected'));
});

test('patterns that root alone may read, or that are links, are used all the same', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Closed');
  const patterns = product.patterns(marker);
  renameSync(join(patterns, 'markers.ndb'), join(patterns, '..', 'elsewhere.ndb'));
  symlinkSync(join(patterns, '..', 'elsewhere.ndb'), join(patterns, 'markers.ndb'));
  chmodSync(join(patterns, '..', 'elsewhere.ndb'), 0o600);
  chmodSync(patterns, 0o700);
  writeFileSync(join(product.directory, 'a'), marker.atEndOf(100));
  const { files } = await product.scan('--patterns', patterns, product.directory);
  assert.equal(files[0]?.verdict, 'infected');
});

test('input that is wrong: a code, a place, what to do; exit code 2; with --json one line of JSON', async (t) => {
  const product = makeProduct(t);
  symlinkSync('/nowhere', join(product.directory, 'dangling'));
  const cases: [string[], string][] = [
    [['scan', '/no/such/path'], 'path.not_found'],
    [['scan', ''], 'cli.usage'],
    [['scan', join(product.directory, 'dangling')], 'path.not_found'],
    [['scan', '--policy', '/no/policy', product.directory], 'path.not_found'],
    [['scan', '--patterns', '/no/patterns', product.directory], 'path.not_found'],
    [['scan', '--patterns', product.directory, product.directory], 'patterns.empty'],
    [['scan', '--action', 'deny', product.directory], 'action.deny_needs_realtime'],
    [['scan', '--quick', product.directory], 'cli.usage'],
    [['scan', '--resume', product.directory], 'scan.nothing_to_resume'],
    [['scan', '//server/share'], 'targets.network'],
    [['scan', 'nfs:/export'], 'targets.network'],
    [['quarantine', 'show', '01234567'], 'vault.entry_not_found'],
    [['schedule', 'next', '--schedule', '{"kind":"daily","at":"00:30","every":"day"}'], 'schedule.start_window'],
    [['schedule', 'next'], 'cli.usage'],
    [['scan', '--as', 'sometimes', product.directory], 'cli.usage'],
    [['policy', 'check', product.directory], 'policy.unreadable'],
    [['agent', 'status'], 'agent.not_running'],
  ];
  for (const [argv, code] of cases) {
    const json = await product.lazaret(...argv, '--json');
    assert.equal(json.code, 2, argv.join(' '));
    const { error } = JSON.parse(json.stdout) as { error: { code: string; message: string; path: string } };
    assert.equal(error.code, code, argv.join(' '));
    assert.ok(error.message.length > 5 && typeof error.path === 'string');
    const told = await product.lazaret(...argv);
    assert.equal(told.code, 2);
    assert.match(told.stderr, new RegExp(code.replaceAll('.', '\\.')));
    assert.doesNotMatch(told.stderr + told.stdout, /\n {4}at /, 'no stack trace');
  }
});

test('AC-7c, AC-8c: quarantine from the command line, and the file back as it was', async (t) => {
  const product = makeProduct(t);
  const path = join(product.directory, 'a.txt');
  writeFileSync(path, eicar(), { mode: 0o640 });
  const { files } = await product.scan('--action', 'quarantine', product.directory);
  assert.equal(files[0]?.action?.primary.result, 'done');
  assert.equal(files[0]?.action?.notify, false);
  const listed = JSON.parse((await product.lazaret('quarantine', 'list', '--json')).stdout) as {
    entries: { id: string; path: string; mode: string }[];
  };
  assert.deepEqual(
    listed.entries.map((entry) => [entry.path, entry.mode]),
    [[path, '0640']],
  );
  const id = listed.entries[0]?.id ?? '';
  assert.equal((await product.lazaret('quarantine', 'restore', id)).code, 0);
  assert.equal((await product.lazaret('quarantine', 'list', '--json')).stdout.includes(path), false);
  const again = await product.scan(path);
  assert.equal(again.files[0]?.verdict, 'infected');
});
