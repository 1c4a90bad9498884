// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  canonicalPath,
  climbs,
  isAbsolutePath,
  isInside,
  isNetworkPath,
  NETWORK_SCHEMES,
  nameOf,
  parentOf,
} from './paths.ts';

test('LM-8a: what is written as a place on the network is one; a drive and a name with a colon are none', () => {
  for (const path of [
    '\\\\server\\share',
    '//server/share',
    'host:/export',
    'me@host:/x',
    'me@10.0.0.1:/x',
    'h0-s.t_:/x',
  ])
    assert.equal(isNetworkPath(path), true, path);
  for (const scheme of NETWORK_SCHEMES) {
    assert.equal(isNetworkPath(`${scheme}:x`), true, scheme);
    assert.equal(isNetworkPath(`${scheme.toUpperCase()}://h/s`), true, scheme);
  }
  for (const path of [
    '/srv',
    'C:\\x',
    'C:/x',
    'x:/y',
    'srv',
    '',
    '/nfs:x',
    ' nfs:x',
    '/host:/x',
    'host:x',
    'a b:/x',
    'me@:/x',
    '@host:/x',
    '\\x',
    'a//b',
    'a\\\\b',
    'me@ho!st:/x',
    'm!e@host:/x',
    'ho/st:/x',
  ])
    assert.equal(isNetworkPath(path), false, path);
});

test('RT-2b: absolute is from the root, or from a drive', () => {
  for (const path of ['/', '/a']) assert.equal(isAbsolutePath(path, 'linux'), true);
  for (const path of ['', 'a/', 'C:\\a']) assert.equal(isAbsolutePath(path, 'linux'), false);
  for (const path of ['C:\\a', 'c:/', 'Z:\\']) assert.equal(isAbsolutePath(path, 'windows'), true);
  for (const path of ['C:', '/a', '1:\\', 'xC:\\a', '\\a', 'C:a'])
    assert.equal(isAbsolutePath(path, 'windows'), false, path);
});

test('RT-2b: one form of a path for each system', () => {
  for (const [path, form] of [
    ['/', '/'],
    ['', '/'],
    ['//a/./b//', '/a/b'],
    ['/A\\b', '/A\\b'],
    ['/a/..b/.c', '/a/..b/.c'],
  ] as const)
    assert.equal(canonicalPath(path, 'linux'), form);
  assert.equal(canonicalPath('C:\\Data\\.\\X\\', 'windows'), '/c:/data/x');
  for (const path of ['..', '/a/..', '../a', 'a\\..\\b']) assert.equal(climbs(path), true, path);
  for (const path of ['/a..', '/..a', '/a', '...', '/a/.']) assert.equal(climbs(path), false, path);
});

test('RT-2b: inside is itself or beneath, never beside', () => {
  for (const [path, directory] of [
    ['/a', '/a'],
    ['/a/b', '/a'],
    ['/a/b/c', '/a'],
    ['/a', '/'],
    ['/a/b', '/a/'],
  ] as const)
    assert.equal(isInside(path, directory), true, `${path} in ${directory}`);
  for (const [path, directory] of [
    ['/ab', '/a'],
    ['/', '/a'],
    ['/b/a', '/a'],
    ['/x', '/a'],
    ['/x/y', '/a'],
  ] as const)
    assert.equal(isInside(path, directory), false, `${path} in ${directory}`);
  assert.deepEqual(['/a/b/c', '/a', '/', 'a'].map(parentOf), ['/a/b', '/', '/', '/']);
  assert.deepEqual(['/a/b', '/a', '/', 'a'].map(nameOf), ['b', 'a', '', 'a']);
});
