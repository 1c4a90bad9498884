// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { existsSync, realpathSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HOST } from '@lazaret/host';
import { PrivateMounts, temporaryDirectory } from '@lazaret/testkit';
import { quickRoots } from './quick.ts';
import { findFiles, type Root } from './source.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

const isBelow = (path: string, roots: readonly Root[]): boolean =>
  roots.some((root) => path === root.path.toString() || path.startsWith(`${root.path.toString()}/`));

test('SC-6c: a quick scan looks at running programs, start-up places, temporary and download places, and what changed lately', () => {
  const now = Date.parse('2027-03-01T00:00:00Z');
  const roots = quickRoots(now, ['ext4'], HOST.paths);
  const places = roots.slice(0, -1);
  const expected = [process.execPath, '/tmp', '/var/tmp', '/etc/cron.d', '/etc/systemd/system', '/root/.bashrc'];
  for (const path of expected) if (existsSync(path)) assert.ok(isBelow(realpathSync(path), places), path);
  for (const root of places) {
    const others = places.filter((other) => other !== root);
    assert.ok(!isBelow(root.path.toString(), others), `${root.path.toString()} would be scanned twice`);
    assert.equal(root.changedSinceMs, undefined);
  }
  const lately = roots.at(-1);
  assert.equal(lately?.path.toString(), '/');
  assert.equal(lately?.changedSinceMs, now - DAY_MS);
  assert.deepEqual(lately?.crossFileSystemTypes, ['ext4']);
  assert.deepEqual(
    lately?.prune?.map(String),
    places.map(({ path }) => path.toString()),
    'nothing is scanned twice',
  );
});

test('SC-6c: of each home the start-up files and the downloads are places of a quick scan, in English and in Japanese', async (t) => {
  const names = ['Downloads', 'ダウンロード', '.config/autostart', '.config/systemd/user', '.bashrc', 'Pictures'];
  const mounts = await PrivateMounts.open(`
    mount -t tmpfs none /mnt
    ${names.map((name) => `mkdir -p '/mnt/ada/${name}'`).join('\n')}
    echo "ada:x:1000:1000::/mnt/ada:/bin/sh" > accounts
    mount --bind accounts /etc/passwd
  `);
  t.after(() => mounts.close());
  const program = `
    import { HOST } from ${JSON.stringify(import.meta.resolve('@lazaret/host'))};
    import { quickRoots } from ${JSON.stringify(join(import.meta.dirname, 'quick.ts'))};
    console.log(JSON.stringify(quickRoots(0, [], HOST.paths).map(({ path }) => path.toString())));
  `;
  const node = join(import.meta.dirname, '../../../../../tools/node');
  const { stdout, stderr } = mounts.run(node, '--input-type=module', '-e', program);
  assert.ok(stdout !== '', stderr);
  const found = (JSON.parse(stdout) as readonly string[]).filter((path) => path.startsWith('/mnt/'));
  assert.deepEqual(
    found.toSorted(),
    names
      .filter((name) => name !== 'Pictures')
      .map((name) => join('/mnt/ada', name))
      .toSorted(),
  );
});

test('SC-6c: what changed lately is told by a time that its owner cannot set back', async (t) => {
  const directory = temporaryDirectory(t);
  const [old, fresh] = [join(directory, 'old'), join(directory, 'fresh')];
  writeFileSync(old, 'x');
  const wholeMs = (path: string): number => Math.floor(statSync(path).ctimeMs);
  do {
    writeFileSync(fresh, 'x');
    utimesSync(fresh, 0, 0);
  } while (wholeMs(fresh) <= wholeMs(old));
  const root = { path: Buffer.from(directory), subdirectories: true, crossFileSystemTypes: [] };
  const find = async (changedSinceMs: number): Promise<string[]> => {
    const options = {
      files: HOST.files,
      roots: [{ ...root, changedSinceMs }],
      from: null,
      prune: [],
      classify: () => 'local' as const,
    };
    const found: string[] = [];
    for await (const batch of findFiles(options)) found.push(...batch.map(({ cursor }) => cursor.path.toString()));
    return found;
  };
  assert.deepEqual(await find(wholeMs(fresh)), [fresh]);
  assert.deepEqual(await find(wholeMs(old)), [fresh, old]);
});
