// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { memoryHost } from '@lazaret/host/memory';
import type { OpenFolder } from '@lazaret/host/ports';
import { makeStaging, stagingParent } from './staging.ts';

/** `folder`, whose folders fail at one question. */
function failingAt(folder: OpenFolder, question: 'isPrivate' | 'isOnMountOf' | 'describe'): OpenFolder {
  const overrides = {
    openFolder: (name: Buffer): OpenFolder => {
      const opened = folder.openFolder(name);
      const fail = (): never => {
        throw Object.assign(new Error('the disk failed'), { code: 'EIO' });
      };
      return new Proxy(opened, {
        get: (target, key) => (key === question ? fail : bound(target, Reflect.get(target, key, target))),
      });
    },
  };
  return new Proxy(folder, {
    get: (target, key) =>
      key === 'openFolder' ? overrides.openFolder : bound(target, Reflect.get(target, key, target)),
  });
}

const bound = (target: object, value: unknown): unknown =>
  typeof value === 'function' ? (value as (...given: unknown[]) => unknown).bind(target) : value;

test('a staging folder that cannot be examined is not left open', () => {
  for (const question of ['isPrivate', 'isOnMountOf', 'describe'] as const) {
    const { files, tree } = memoryHost();
    tree.makeFolder('/data');
    const parent = files.openFolder(Buffer.from('/data'));
    assert.throws(() => makeStaging(stagingParent(failingAt(parent, question)), Buffer.from('staging')), {
      code: 'EIO',
    });
    parent.close();
    assert.equal(tree.openings(), 0, question);
  }
});
