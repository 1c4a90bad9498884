// SPDX-License-Identifier: Apache-2.0
import { test } from 'node:test';
import assert from 'node:assert/strict';
import fc from 'fast-check';
import { findSystemFaults, KERNEL_NEEDS, SUPPORTED_SYSTEMS, type SystemFacts } from './supported.ts';

const DEBIAN: SystemFacts = { id: 'debian', version: '12', architecture: 'x86_64', kernel: '6.1.0-18-amd64' };
const codes = (facts: Partial<SystemFacts>): string[] =>
  findSystemFaults({ ...DEBIAN, ...facts }).map(({ code, severity }) => `${severity} ${code}`);

test('SY-2a: a system of the list has no finding, any other is named as not on it', () => {
  for (const { id, version, architecture } of SUPPORTED_SYSTEMS)
    assert.deepEqual(codes({ id, version, architecture }), []);
  assert.deepEqual(codes({ version: '11' }), ['warning system.not_supported']);
  assert.deepEqual(codes({ id: 'plan9', version: '4' }), ['warning system.not_supported']);
  assert.deepEqual(codes({ architecture: 'riscv64' }), ['warning system.not_supported']);
});

test('SY-2b: an old kernel is an error or a warning, with its version, the one that is needed, and for what', () => {
  assert.deepEqual(codes({ kernel: '5.13.0' }), []);
  assert.deepEqual(codes({ kernel: '5.10.0-26-amd64' }), ['warning system.kernel_weaker']);
  assert.deepEqual(codes({ kernel: '5.7.19' }), ['error system.kernel_too_old', 'warning system.kernel_weaker']);
  assert.deepEqual(codes({ kernel: '4.19.0-26-amd64' }), [
    'error system.kernel_too_old',
    'warning system.kernel_weaker',
  ]);
  assert.deepEqual(codes({ kernel: 'mine' }), ['warning system.kernel_unknown']);
  const [finding] = findSystemFaults({ ...DEBIAN, kernel: '4.19.0' });
  assert.match(finding?.message ?? '', /4\.19\.0.*5\.8.*openat2/);
});

test('SY-2a, SY-2b: each finding says what was found and what is needed or known', () => {
  const told = (facts: Partial<SystemFacts>) => findSystemFaults({ ...DEBIAN, ...facts }).map(({ message }) => message);
  assert.deepEqual(told({ kernel: 'v6.1' }), [
    'The kernel release "v6.1" contains no version number, so its features are not known.',
  ]);
  assert.deepEqual(told({ kernel: '5.10.0' }), [
    'Kernel 5.10.0 is older than 5.13, which introduced Landlock (a second barrier between the scan process and the file system).',
  ]);
  assert.deepEqual(codes({ kernel: '10.0.0' }), []);
  const [system = ''] = told({ id: 'plan9', version: '4', architecture: 'mips' });
  assert.match(
    system,
    /^plan9 4 on mips is not on the list of supported systems \(.*\)\. It may work, but it was not tested\.$/,
  );
  for (const { name, architecture } of SUPPORTED_SYSTEMS)
    assert.ok(system.includes(`${name} on ${architecture}`), name);
  assert.ok(system.includes('Debian 12 (bookworm) on x86_64'));
  // Each of the three must be of the list, in one row.
  assert.deepEqual(codes({ id: 'devuan' }), ['warning system.not_supported']);
});

test('SY-2b: a newer kernel never has more findings than an older one', () => {
  const version = fc.tuple(fc.nat(9), fc.nat(30));
  fc.assert(
    fc.property(version, version, (one, other) => {
      const count = ([major, minor]: [number, number]): number => codes({ kernel: `${major}.${minor}.0` }).length;
      const [older, newer] =
        one[0] < other[0] || (one[0] === other[0] && one[1] <= other[1]) ? [one, other] : [other, one];
      assert.ok(count(newer) <= count(older));
      assert.ok(count(older) <= KERNEL_NEEDS.length);
    }),
  );
});
