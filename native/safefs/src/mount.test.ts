// SPDX-License-Identifier: Apache-2.0
// Mounts are made in a private mount namespace of a child process, so nothing is left behind whatever happens.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';

const SCRIPT = `
import { TreeWalk } from ${JSON.stringify(new URL('./index.ts', import.meta.url).href)};
const [root, types] = process.argv.slice(1);
const walk = new TreeWalk({ root: Buffer.from(root), crossFileSystemTypes: types === '' ? [] : types.split(',') });
const lines = [];
for (let batch = await walk.next(); batch !== null; batch = await walk.next())
  for (const entry of batch) lines.push([entry.path.toString().slice(root.length), entry.type, ...(entry.type === 'mount' ? [entry.fileSystemType, entry.decision] : [])].join(' '));
console.log(JSON.stringify(lines));
`;

function walkBehind(setUp: string, types: string): string[] {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'lazaret-mount-'));
  try {
    const command = `set -e; cd "$0"; mount -t tmpfs none .; cd "$0"; ${setUp}; exec "$1" --input-type=module-typescript -e "$2" "$0" "$3"`;
    const output = execFileSync('unshare', ['-m', 'bash', '-c', command, root, process.execPath, SCRIPT, types], {
      encoding: 'utf8',
    });
    return JSON.parse(output) as string[];
  } finally {
    fs.rmdirSync(root);
  }
}

test('RT-2c, LM-8b: another mount is told with its type and not entered unless its type is named', () => {
  const setUp = 'mkdir p t; touch t/under; mount -t proc none p; mount -t tmpfs none t; touch t/inside';
  assert.deepEqual(walkBehind(setUp, ''), [' directory', '/p mount proc not-allowed', '/t mount tmpfs not-allowed']);
  assert.deepEqual(walkBehind(setUp, 'tmpfs'), [
    ' directory',
    '/p mount proc not-allowed',
    '/t mount tmpfs entered',
    '/t directory',
    '/t/inside regular',
  ]);
});

test('SC-1a, LM-8c: a loop of bind mounts ends: each (device, root) is walked once', () => {
  const setUp = 'mkdir -p a/b; touch a/file; mount --bind . a/b; mount --rbind a a/b/a/b; mount --rbind . a/b';
  const lines = walkBehind(setUp, 'tmpfs');
  assert.ok(lines.length < 20, `${lines.length} entries`);
  assert.ok(lines.some((line) => line.endsWith('already-entered')));
});
