// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryDirectory } from '@lazaret/testkit';
import type { LoadRequest } from '../engine/index.ts';
import { loadGivenPatterns } from './given-patterns.ts';

test('patterns that a person named are loaded as they lie, also beside a link that leads nowhere, and are named by what they are', async (t) => {
  const run = temporaryDirectory(t);
  const directory = join(run, 'own');
  mkdirSync(directory);
  writeFileSync(join(directory, 'a.ndb'), 'x');
  symlinkSync('/nowhere', join(directory, 'notes'));
  const loads: LoadRequest[] = [];
  const load = (request: LoadRequest) => {
    loads.push(request);
    const status = { release: request.directory, signatures: 3, yaraRules: 2, pid: 1 };
    return Promise.resolve({ ...status, workerPids: [], workerDeaths: 0, sandbox: null });
  };
  const release = await loadGivenPatterns({ load }, directory, { run });
  assert.deepEqual(release.manifest.loaded, { clamav: 3, yara: 2 });
  assert.deepEqual(
    loads.map((request) => [request.directory, request.requireEicar]),
    [[directory, false]],
  );
  assert.match(release.manifest.id, /^own-[0-9a-f]{12}$/);
  assert.equal((await loadGivenPatterns({ load }, directory, { run })).manifest.id, release.manifest.id);
  writeFileSync(join(directory, 'a.ndb'), 'xy');
  assert.notEqual((await loadGivenPatterns({ load }, directory, { run })).manifest.id, release.manifest.id);
});
