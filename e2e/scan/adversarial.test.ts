// SPDX-License-Identifier: Apache-2.0
// Trees that were made to break a scanner: special files, names of any bytes, paths without end, loops of mounts, files that
// change. The run ends in bounded time, and says what it met.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawn, spawnSync } from 'node:child_process';
import { appendFileSync, closeSync, ftruncateSync, mkdirSync, openSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { eicar, makeMarker } from '@lazaret/testkit';
import { collect, makeProduct, toScanned } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

test('LM-0d: FIFO, socket and device are listed outside coverage and exit code; nothing waits for them', async (t) => {
  const product = makeProduct(t);
  const at = (name: string): string => join(product.directory, name);
  writeFileSync(at('file'), 'plain');
  for (const argv of [
    ['mkfifo', at('fifo')],
    ['mknod', at('null'), 'c', '1', '3'],
    ['mknod', at('block'), 'b', '7', '200'],
  ] as const) {
    assert.equal(spawnSync(argv[0], argv.slice(1)).status, 0);
  }
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(at('socket'), resolve));
  t.after(() => server.close());
  const { code, summary, files } = await product.scan(product.directory);
  assert.equal(code, 0);
  assert.deepEqual(summary.coverage, { lookedAt: 1, all: 1 });
  assert.deepEqual(summary.unscanned, { special: 4 });
  assert.equal(summary.files, 1);
  const special = files.filter(({ unscanned }) => unscanned[0]?.reason === 'special');
  assert.deepEqual(
    special.map(({ path }) => path),
    ['block', 'fifo', 'null', 'socket'].map(at),
  );
});

test('LM-0b: names with new lines and of invalid UTF-8 are found, told whole, and cannot play with the terminal', async (t) => {
  const product = makeProduct(t);
  const names = [
    Buffer.from('new\nline'),
    Buffer.from('esc\u001b[2Jape'),
    Buffer.from([0x62, 0xff, 0xfe, 0x64]),
    Buffer.from('r\u202etl.txt'),
  ];
  const paths = names.map((name) => Buffer.concat([Buffer.from(`${product.directory}/`), name]));
  for (const path of paths) writeFileSync(path, eicar());
  const { files } = await product.scan(product.directory);
  assert.equal(files.length, 4);
  assert.ok(files.every(({ verdict }) => verdict === 'infected'));
  const bytes = files.map(({ path, pathBase64 }) =>
    pathBase64 === undefined ? Buffer.from(path) : Buffer.from(pathBase64, 'base64'),
  );
  assert.deepEqual(
    bytes.map((one) => one.toString('hex')).toSorted(),
    paths.map((one) => one.toString('hex')).toSorted(),
  );
  const told = await product.lazaret('scan', product.directory);
  assert.ok(!/[\p{Cc}\p{Cf}]/u.test(told.stdout.replaceAll('\n', '')), told.stdout);
  assert.equal(told.stdout.split('\n').filter((line) => line.includes('Eicar')).length, 4, 'one line each');
});

test('a path far over 4,096 bytes is walked and its file found', async (t) => {
  const product = makeProduct(t);
  const script = `import os,sys\nos.chdir(sys.argv[1])\nfor i in range(40):\n  n='d'*200\n  os.mkdir(n); os.chdir(n)\nopen('deep.txt','w').write(sys.argv[2])\n`;
  assert.equal(spawnSync('python3', ['-c', script, product.directory, eicar().toString()]).status, 0);
  const { files, code } = await product.scan(product.directory);
  assert.equal(code, 1);
  assert.equal(files[0]?.verdict, 'infected');
  assert.ok((files[0]?.path.length ?? 0) > 8_000);
});

test('links are not followed, so loops of links end; a link given as the path means its target', async (t) => {
  const product = makeProduct(t);
  mkdirSync(join(product.directory, 'real'));
  writeFileSync(join(product.directory, 'real/e.txt'), eicar());
  symlinkSync('..', join(product.directory, 'real/loop'));
  symlinkSync('real', join(product.directory, 'link'));
  const { summary } = await product.scan(product.directory);
  assert.equal(summary.files, 1);
  const byLink = await product.scan(join(product.directory, 'link'));
  assert.equal(byLink.files[0]?.path, join(product.directory, 'real/e.txt'));
});

test('LM-8b, RT-2g: other file systems are not entered unless told; a loop of bind mounts ends; pseudo ones never are, and that is said', async (t) => {
  const product = makeProduct(t);
  const tree = product.directory;
  const script = `set -e
    mkdir -p ${tree}/a/other ${tree}/a/loop ${tree}/a/proc
    printf '%s' "$1" > ${tree}/a/e.txt
    mount -t tmpfs none ${tree}/a/other; printf '%s' "$1" > ${tree}/a/other/e.txt
    mount --bind ${tree}/a ${tree}/a/loop
    mount -t proc proc ${tree}/a/proc
    shift; exec "$@"`;
  const enter = async (...argv: string[]): Promise<ReturnType<typeof toScanned>> => {
    const command = [
      '-m',
      'bash',
      '-c',
      script,
      'bash',
      eicar().toString(),
      process.execPath,
      join(ROOT, 'apps/cli/src/main.ts'),
      'scan',
      '--json',
      ...argv,
    ];
    const env = { ...process.env, LAZARET_STATE: product.state, LAZARET_RUN: product.run };
    return toScanned(await collect(spawn('unshare', command, { env, stdio: ['ignore', 'pipe', 'pipe'] })));
  };
  const alone = await enter(tree);
  assert.deepEqual(
    alone.files.map(({ path }) => path),
    [join(tree, 'a/e.txt')],
  );
  const leftOut = ({ rows }: typeof alone): string[] =>
    rows.flatMap((row) => (row.type === 'not-covered' ? [`${row.path.slice(tree.length)} ${row.why}`] : []));
  assert.deepEqual(leftOut(alone), ['/a/loop other-file-system', '/a/other other-file-system', '/a/proc pseudo']);
  const crossing = await enter('--cross-file-systems', tree);
  const found = crossing.files.map(({ path }) => path.slice(tree.length));
  assert.ok(found.includes('/a/e.txt') && found.includes('/a/other/e.txt'), found.join(' '));
  assert.ok(found.length <= 4, 'each mount is entered once, so the loop ends');
  assert.ok(!found.some((path) => path.startsWith('/a/proc')));
  assert.ok(leftOut(crossing).includes('/a/proc pseudo'), 'what "all" leaves out is said');
  const named = await product.scan('/proc/sys');
  assert.deepEqual(named.rows.slice(0, -1), [
    { type: 'not-covered', path: '/proc/sys', fileSystemType: 'proc', why: 'pseudo' },
  ]);
});

test('LM-10a: a file that grows while it is scanned, a file that vanishes, a sparse one of 20 GB: the run ends and says so', {
  timeout: 120_000,
}, async (t) => {
  const product = makeProduct(t);
  const growing = join(product.directory, 'growing.log');
  writeFileSync(growing, 'line\n'.repeat(2_000_000));
  const sparse = openSync(join(product.directory, 'sparse.img'), 'w');
  ftruncateSync(sparse, 20 * 2 ** 30);
  closeSync(sparse);
  const timer = setInterval(() => appendFileSync(growing, 'more\n'.repeat(100)), 2);
  t.after(() => clearInterval(timer));
  const { code, summary, files } = await product.scan(product.directory);
  assert.equal(code, 3);
  assert.equal(summary.unscanned['engine-limit'], 1);
  const row = files.find(({ path }) => path === growing);
  assert.ok(row !== undefined && row.unscanned.every(({ reason }) => reason === 'changed'));
});

test('RT-2c: the vault and the rest of our own state are never scanned', async (t) => {
  const product = makeProduct(t);
  const marker = makeMarker('Own');
  writeFileSync(join(product.directory, 'a'), marker.atEndOf(100));
  await product.scan('--patterns', product.patterns(marker), '--action', 'quarantine', product.directory);
  const { files } = await product.scan(product.state);
  assert.deepEqual(files, []);
});
