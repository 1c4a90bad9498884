// SPDX-License-Identifier: Apache-2.0
// What each fault of a scope says.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Fault } from '../fault.ts';
import type { OperatingSystem } from '../actions/action.ts';
import {
  findDirectoryScopeFaults,
  findExtensionFaults,
  findFileScopeFaults,
  findListFaults,
  findPathFaults,
} from './check.ts';

const told = (faults: readonly Fault[]): readonly string[] =>
  faults.map(({ code, path, message }) => `${code} ${path}: ${message}`);

test('RT-2d: all directories have no fault, an empty list has one', () => {
  const empty = ['targets.empty_list /entries: The list of directories is empty, so nothing would be scanned.'];
  assert.deepEqual(told(findDirectoryScopeFaults({ kind: 'list', entries: [] })), empty);
  assert.deepEqual(told(findListFaults({ kind: 'list', entries: [] })), empty);
  assert.deepEqual(findListFaults({ kind: 'list', entries: [{ path: 'x', subdirectories: true }] }), []);
  assert.deepEqual(findListFaults({ kind: 'all' }), []);
  assert.deepEqual(findDirectoryScopeFaults({ kind: 'all' }), []);
});

test('RT-2d, LM-8a: a path is absolute, local and names the place itself; without a system either form will do', () => {
  const of = (path: string, system?: OperatingSystem) => told(findPathFaults(path, '/p', system, 'targets.relative'));
  for (const path of ['/srv', 'C:\\Data', 'c:/data']) assert.deepEqual(of(path), [], path);
  assert.deepEqual(of('/srv', 'windows').length, 1);
  assert.deepEqual(of('C:\\Data', 'windows'), []);
  assert.deepEqual(of('srv'), ['targets.relative /p: "srv" is not absolute. Write the full path.']);
  assert.deepEqual(of('host:/x'), [
    'targets.network /p: "host:/x" is a network drive. Lazaret never scans network drives.',
  ]);
  for (const path of ['/srv/../x', '/srv/a\0'])
    assert.deepEqual(of(path), [
      `path.not_canonical /p: "${path}" contains ".." or a zero byte. Write the path without them.`,
    ]);
});

test('RT-3c: a list of extensions has some, and each can be one', () => {
  assert.deepEqual(told(findFileScopeFaults({ kind: 'extensions', extensions: [] })), [
    'targets.no_extensions /extensions: The list of extensions is empty, so nothing would be scanned.',
  ]);
  assert.deepEqual(findFileScopeFaults({ kind: 'all' }), []);
  assert.deepEqual(findFileScopeFaults({ kind: 'intelliscan' }), []);
  for (const extension of ['..a', 'a.', '.', 'a/b', 'a\\b', 'a?', '*', 'a\0'])
    assert.deepEqual(told(findExtensionFaults(extension, '/p')), [
      `targets.extension /p: "${extension}" is not a file extension. Write exe, tar.gz, or "" for files without an extension.`,
    ]);
  for (const extension of ['', 'exe', '.exe', 'tar.gz']) assert.deepEqual(findExtensionFaults(extension, '/p'), []);
});
