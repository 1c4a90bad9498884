// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { programLookup } from './program-facts.ts';

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

describe('the file of a program', () => {
  it('EX-2e: device, inode, last change and hash of where links lead; another file or content is told apart', (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'lazaret-program-'));
    test.after(() => rmSync(directory, { recursive: true }));
    const path = join(directory, 'database');
    const link = join(directory, 'link');
    writeFileSync(path, 'one');
    symlinkSync(path, link);
    const lookup = programLookup();
    const first = lookup(link, { sha256: true });
    const stats = statSync(path, { bigint: true });
    assert.deepEqual(first, {
      target: path,
      device: String(stats.dev),
      inode: String(stats.ino),
      changedNs: String(stats.ctimeNs),
      sha256: sha256('one'),
    });
    assert.deepEqual(lookup(path, { sha256: false }), { ...first, sha256: null }, 'hashed only where it is asked for');
    writeFileSync(path, 'two!');
    const second = lookup(path, { sha256: true });
    assert.equal(second?.inode, first.inode);
    assert.notEqual(second?.changedNs, first.changedNs);
    assert.equal(second?.sha256, sha256('two!'));
    writeFileSync(join(directory, 'new'), 'one');
    renameSync(join(directory, 'new'), path);
    assert.notEqual(lookup(path, { sha256: true })?.inode, first.inode);
  });

  it('EX-2e: nothing that is no regular file is a program, and none of it holds us', (test) => {
    const directory = mkdtempSync(join(tmpdir(), 'lazaret-program-'));
    test.after(() => rmSync(directory, { recursive: true }));
    const fifo = join(directory, 'fifo');
    execFileSync('mkfifo', [fifo]);
    for (const path of [fifo, directory, join(directory, 'missing'), '/dev/null'])
      assert.equal(programLookup()(path, { sha256: true }), null, path);
  });
});
