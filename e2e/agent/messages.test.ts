// SPDX-License-Identifier: Apache-2.0
// What a person reads where something is wrong, or asks for: place, cause and way out, in our own words, and never a scan or a policy that nobody meant.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { eicar, makeMarker } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';
import { ROOT } from '../support/places.ts';

const TIMEOUT = { timeout: 240_000 };

test(
  'a pattern file with a fault is named with its line, and loading a file says what is expected',
  TIMEOUT,
  async (t) => {
    const product = makeProduct(t);
    const patterns = product.patterns(makeMarker('Good'));
    const hashes = join(patterns, 'local.hdb');
    writeFileSync(hashes, `${'a'.repeat(32)}:68:Good.One\n${'b'.repeat(32)}:68:Good.Two\nnonsense\n`);
    const bad = await product.lazaret('patterns', 'load', patterns);
    assert.equal(bad.code, 2);
    assert.match(bad.stderr, /local\.hdb, line 3: .*patterns\.load_failed/);
    const file = await product.lazaret('patterns', 'load', hashes);
    assert.equal(file.code, 2);
    assert.match(file.stderr, /local\.hdb is a file\. .*directory.*\.cvd.*\.yar/);
    const none = await product.lazaret('patterns', 'load', join(product.directory, 'none'));
    assert.match(none.stderr, /none does not exist/);
    const empty = await product.lazaret('patterns', 'load', product.directory);
    assert.match(empty.stderr, /\.cvd.*\.yar.*patterns\.empty/);
  },
);

test('a scan of which nothing was named begins nothing; --all takes the scope of the policy', TIMEOUT, async (t) => {
  const product = makeProduct(t);
  writeFileSync(join(product.directory, 'a'), 'clean');
  const entries = [{ path: product.directory, subdirectories: true }];
  const policy = product.writePolicy({ manual: { directories: { kind: 'list', entries } } });
  const patterns = ['--patterns', product.patterns(makeMarker('Good'))];
  const bare = await product.lazaret('scan', '--policy', policy, ...patterns);
  assert.equal(bare.code, 2);
  assert.match(bare.stderr, /--all.*--quick|--quick.*--all/s);
  assert.ok(!existsSync(join(product.state, 'state.db')), 'nothing was begun');
  const all = await product.scan('--all', '--policy', policy, ...patterns);
  assert.deepEqual(
    all.files.map(({ path }) => path),
    [join(product.directory, 'a')],
  );
  for (const more of [[product.directory], ['--quick']])
    assert.equal((await product.lazaret('scan', '--all', ...more)).code, 2, 'one of them');
});

test('an empty policy is none, and YAML that is none is told in our words', TIMEOUT, async (t) => {
  const product = makeProduct(t);
  const check = async (text: string): Promise<string> => {
    const file = join(product.directory, 'policy.yaml');
    writeFileSync(file, text);
    const { code, stdout, stderr } = await product.lazaret('policy', 'check', file);
    assert.equal(code, 2, `${text}: ${stdout}`);
    return stdout + stderr;
  };
  for (const text of ['', '\n\n', '# only a comment\n', '---\n', 'null\n', '~'])
    assert.match(await check(text), /policy\.yaml: This file is empty.*policy\.unreadable/s, JSON.stringify(text));
  const library =
    /collection|block|flow|scalar|implicit|plain value|Unexpected|must be|must end|Invalid|Unresolved|Excessive|alias node|directive/i;
  for (const text of [
    'name: [',
    '{"a":1',
    'a: 1\na: 2',
    'a:\n\t- b',
    'a: "x',
    'a: b: c',
    'a: *x',
    '? [',
    'a: &b *b',
    '- a\nb: c',
    'a: !!int x\n---\nb: 1',
    'a: @x',
  ]) {
    const said = await check(text);
    assert.match(said, /policy\.yaml:\d+:\d+: /, text);
    assert.doesNotMatch(said.replace(/\n.*$/s, ''), library, text);
  }
});

test('the next runs of scheduled scans that are switched off are none, and that is said', TIMEOUT, async (t) => {
  const product = makeProduct(t);
  const policy = product.writePolicy({ scheduled: { enabled: false } });
  const off = await product.lazaret('schedule', 'next', '--policy', policy);
  assert.deepEqual(
    [off.code, /switched off.*scheduled\.enabled/.test(off.stdout), /\d{4}-\d\d-\d\d/.test(off.stdout)],
    [0, true, false],
  );
  const json = JSON.parse((await product.lazaret('schedule', 'next', '--policy', policy, '--json')).stdout) as object;
  assert.deepEqual(json, { enabled: false, next: [] });
  const updates = await product.lazaret('schedule', 'next', '--policy', policy, '--for', 'update', '--json');
  assert.equal((JSON.parse(updates.stdout) as { next: unknown[] }).next.length, 5, 'updates go on');
});

test('every command tells its version, and a token file that is not there is said in our words', TIMEOUT, async (t) => {
  const product = makeProduct(t);
  const version = (JSON.parse(readFileSync(join(ROOT, 'apps/agent/package.json'), 'utf8')) as { version: string })
    .version;
  for (const argv of [['--version'], ['-V'], ['scan', '--version'], ['fleet', 'vm', 'show', '--version']]) {
    const { code, stdout } = await product.lazaret(...argv);
    assert.deepEqual([code, stdout], [0, `lazaret ${version}\n`], argv.join(' '));
  }
  for (const name of ['agent', 'manager']) {
    const main = join(ROOT, `apps/${name}/src/main.ts`);
    const ran = spawnSync(join(ROOT, 'tools/product-node'), [main, '--version'], {
      encoding: 'utf8',
    });
    assert.deepEqual([ran.status, ran.stdout], [0, `lazaret-${name} ${version}\n`]);
  }
  const missing = join(product.directory, 'token');
  const login = await product.lazaret('fleet', 'login', 'http://127.0.0.1:9', '--token-file', missing);
  assert.match(login.stderr, /The file .*token does not exist/);
  assert.doesNotMatch(login.stderr, /ENOENT|no such file/);
  const folder = await product.lazaret('fleet', 'login', 'http://127.0.0.1:9', '--token-file', product.directory);
  assert.match(folder.stderr, /is a directory/);
  assert.doesNotMatch(folder.stderr, /EISDIR/);
});

test(
  'AC-8c: held files are shown in lines, and put back together: some by filter, all, or only told; one that fails stops no other',
  TIMEOUT,
  async (t) => {
    const product = makeProduct(t);
    const [mine, other] = [join(product.directory, 'mine'), join(product.directory, 'other')];
    for (const directory of [mine, other]) mkdirSync(directory);
    const files = [join(mine, 'a.com'), join(mine, 'b.com'), join(other, 'c.com')];
    for (const file of files) writeFileSync(file, eicar());
    assert.equal((await product.lazaret('scan', product.directory, '--action', 'quarantine')).code, 1);
    const list = JSON.parse((await product.lazaret('quarantine', 'list', '--json')).stdout) as {
      entries: { id: string }[];
    };
    assert.equal(list.entries.length, 3);
    const shown = await product.lazaret('quarantine', 'show', list.entries[0]?.id ?? '');
    assert.match(shown.stdout, /^File +.*\.com$/m);
    assert.match(shown.stdout, /^Threat +.*Eicar/im);
    assert.doesNotMatch(shown.stdout, /[{}[\]"]/);
    const restore = (...argv: string[]) => product.lazaret('quarantine', 'restore', ...argv);
    assert.equal((await restore()).code, 2, 'which, is not said');
    assert.equal((await restore('--all', list.entries[0]?.id ?? '')).code, 2, 'one of both');
    const dry = await restore('--below', mine, '--dry-run');
    assert.deepEqual([dry.code, dry.stdout.match(/would be restored/g)?.length], [0, 2]);
    assert.deepEqual(files.map(existsSync), [false, false, false]);
    writeFileSync(files[0] ?? '', 'in the way');
    const some = await restore('--below', mine, '--threat', 'Eicar');
    assert.equal(some.code, 2, 'one stood in the way');
    assert.match(some.stderr, /a\.com/);
    assert.match(some.stdout, /b\.com: restored/);
    assert.deepEqual(files.map(existsSync), [true, true, false]);
    assert.match((await restore('--threat', 'No.Such')).stderr, /No quarantined file/);
    const all = await restore('--all');
    assert.match(all.stdout, /c\.com: restored/);
    assert.ok(existsSync(files[2] ?? ''));
  },
);
