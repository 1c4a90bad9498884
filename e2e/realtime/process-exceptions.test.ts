// SPDX-License-Identifier: Apache-2.0
// EX-2e under attack: an exception by process leaves out the data of a program, not the code that somebody lets it load; it can be bound to an account.
import { test, type TestContext } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { makeMarker } from '@lazaret/testkit';
import { makeRealtime, within } from '../support/realtime-product.ts';

const TIMEOUT = { timeout: 120_000 };
const marker = makeMarker('Test.Loaded');
/** A library whose code runs when it is loaded. */
const LIBRARY = `#include <fcntl.h>
__attribute__((constructor)) static void loaded(void) { open("ran", O_CREAT | O_WRONLY, 0600); }`;

/** Files with the marker as data, script and library; a run with these exceptions. Answers what a shell among them says. */
async function watched(t: TestContext, exceptions: readonly object[]): Promise<(command: string) => string> {
  const product = await makeRealtime(t);
  const { mounts } = product;
  const patterns = mkdtempSync(join(tmpdir(), 'lazaret-patterns-'));
  t.after(() => rmSync(patterns, { recursive: true }));
  mkdirSync(patterns, { recursive: true });
  writeFileSync(join(patterns, 'markers.ndb'), marker.signature);
  within(
    mounts,
    `printf '%s\\n' '${LIBRARY}' > lib.c && gcc -shared -fPIC -x c -o lib.so lib.c && rm lib.c && printf ${marker.text} >> lib.so`,
  );
  within(mounts, `printf '%s\\n' ${marker.text} > data.txt; printf '#!/bin/sh\\n# %s\\n' ${marker.text} > tool`);
  const policy = product.writePolicy({
    realtime: {
      directories: { kind: 'list', entries: [{ path: mounts.directory }] },
      action: { kind: 'custom', primary: 'deny' },
      exceptions,
    },
  });
  await product.start('--policy', policy, '--patterns', patterns);
  return (command) => within(mounts, command).stdout;
}

test(
  'EX-2e: an excepted program reads its data; a script or library that it opens is judged like any other, a preloaded one does not run',
  TIMEOUT,
  async (t) => {
    const reads = await watched(t, [{ match: { process: '/usr/bin/sort' } }]);
    assert.equal(reads('cat data.txt'), '', 'another program is refused');
    assert.equal(reads('sort data.txt'), `${marker.text}\n`, 'its data is left out');
    assert.equal(reads('sort tool'), '', 'a script is judged');
    assert.equal(reads('sort lib.so'), '', 'a library is judged');
    assert.equal(reads('LD_PRELOAD=./lib.so sort data.txt; ls ran 2>/dev/null'), `${marker.text}\n`);
    assert.equal(reads('LD_AUDIT=./lib.so sort data.txt >/dev/null; ls ran 2>/dev/null'), '', 'nothing of it ran');
  },
);

test('EX-2e: bound to an account, an exception holds for that account alone', TIMEOUT, async (t) => {
  const reads = await watched(t, [{ match: { process: '/usr/bin/sort', user: 'root' } }]);
  const asNobody = 'chmod a+r data.txt; setpriv --reuid=65534 --regid=65534 --clear-groups';
  assert.equal(reads('sort data.txt'), `${marker.text}\n`);
  assert.equal(reads(`echo clean > clean.txt; ${asNobody} sort clean.txt`), 'clean\n', 'it gets as far as that');
  assert.equal(reads(`${asNobody} sort data.txt`), '');
});
