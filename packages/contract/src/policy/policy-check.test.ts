// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { describe, it } from 'node:test';
import { defaultPolicy, type Policy, valueAt } from '@lazaret/core';
import { canonicalJson } from '../canonical-json.ts';
import { checkPolicy, policyHash } from './policy-check.ts';

const sha256Hex = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');

function policyOf(input: unknown): Policy {
  const checked = checkPolicy(input);
  assert.ok('policy' in checked, JSON.stringify(checked));
  return checked.policy;
}

function codesOf(input: unknown): readonly string[] {
  const checked = checkPolicy(input);
  return 'faults' in checked ? checked.faults.map(({ code, path }) => `${code} ${path}`).sort() : [];
}

describe('checkPolicy', () => {
  it('an empty file is the defaults', () => {
    for (const empty of [{}, null, undefined]) assert.deepEqual(policyOf(empty), defaultPolicy);
  });

  it('LM-5e, LM-6c: the defaults are 10 MB, 30 MB and five layers, and each can be set within its range', () => {
    assert.equal(defaultPolicy.realtime.limits.memberBytesMax, 10_485_760);
    assert.equal(defaultPolicy.scheduled.limits.memberBytesMax, 31_457_280);
    assert.equal(defaultPolicy.manual.limits.memberBytesMax, 31_457_280);
    for (const layers of [1, 5, 30]) {
      const policy = policyOf({ manual: { limits: { compressionLayersMax: layers } } });
      assert.deepEqual(policy.manual.limits, { ...defaultPolicy.manual.limits, compressionLayersMax: layers });
    }
    for (const layers of [0, 31, 1.5]) {
      const faults = codesOf({ manual: { limits: { compressionLayersMax: layers } } });
      assert.deepEqual(faults, ['limits.out_of_range /manual/limits/compressionLayersMax']);
    }
  });

  it('RT-5a, RT-5b, RT-5c: each kind of scan keeps a scope, actions and exceptions of its own', () => {
    const policy = policyOf({
      realtime: { action: { kind: 'custom', primary: 'deny' } },
      scheduled: { directories: { kind: 'list', entries: [{ path: '/srv' }] } },
      manual: { exceptions: [{ match: { extension: 'log' } }] },
    });
    assert.deepEqual(policy.realtime.action, { kind: 'custom', primary: 'deny' });
    assert.deepEqual(policy.scheduled.action, defaultPolicy.scheduled.action);
    assert.deepEqual(policy.scheduled.directories, { kind: 'list', entries: [{ path: '/srv', subdirectories: true }] });
    assert.deepEqual(policy.manual.directories, { kind: 'all' });
    assert.equal(policy.manual.exceptions.length, 1);
    assert.equal(policy.realtime.exceptions.length + policy.scheduled.exceptions.length, 0);
  });

  it('AC-6e: Deny access is refused for scheduled and manual scans and taken for real-time', () => {
    const deny = { action: { kind: 'custom', primary: 'deny' } };
    assert.deepEqual(codesOf({ realtime: deny, scheduled: deny, manual: deny }), [
      'action.deny_needs_realtime /manual/action/primary',
      'action.deny_needs_realtime /scheduled/action/primary',
    ]);
  });

  it('AC-2a: exactly five actions can be set', () => {
    for (const primary of ['delete', 'clean', 'pass', 'deny', 'quarantine'])
      assert.deepEqual(codesOf({ realtime: { action: { kind: 'custom', primary } } }), []);
    for (const primary of ['report', 'none', '', 'Delete', null])
      assert.deepEqual(codesOf({ realtime: { action: { kind: 'custom', primary } } }), [
        'policy.invalid /realtime/action/primary',
      ]);
  });

  it('RT-2d, LM-8a, SC-5a: every fault comes at once, each with its pointer, and none hides another', () => {
    const faults = codesOf({
      name: 7,
      realtime: { directories: { kind: 'list', entries: [] } },
      scheduled: {
        enabled: 'yes',
        directories: {
          kind: 'list',
          entries: [{ path: String.raw`\\nas\share` }, { path: '/a', subdirectories: 1 }, 4],
        },
        schedule: { kind: 'daily', at: '00:30', every: 'day', zone: 7 },
        exceptions: [{ match: { file: '//x/y' }, author: 3 }],
      },
      manual: { directories: { kind: 'list', entries: [{ path: 'nfs:/x' }, { path: '//s/t' }, { path: 'relative' }] } },
    });
    assert.deepEqual(faults, [
      'policy.invalid /name',
      'policy.invalid /scheduled/directories/entries/1/subdirectories',
      'policy.invalid /scheduled/directories/entries/2',
      'policy.invalid /scheduled/enabled',
      'policy.invalid /scheduled/exceptions/0/author',
      'policy.invalid /scheduled/schedule/zone',
      'schedule.start_window /scheduled/schedule/at',
      'targets.empty_list /realtime/directories/entries',
      'targets.network /manual/directories/entries/0/path',
      'targets.network /manual/directories/entries/1/path',
      'targets.network /scheduled/directories/entries/0/path',
      'targets.network /scheduled/exceptions/0/match/file',
      'targets.relative /manual/directories/entries/2/path',
    ]);
  });

  it('SC-5d: the provider can lift the refused window', () => {
    const night = { scheduled: { schedule: { kind: 'daily', at: '00:30', every: 'day' } } };
    assert.deepEqual(codesOf(night), ['schedule.start_window /scheduled/schedule/at']);
    assert.ok('policy' in checkPolicy(night, { startWindow: 'lifted' }));
  });

  it('of a newer document an unknown field is kept, named by its pointer, and changes the hash', () => {
    const input: unknown = JSON.parse(
      '{"version":2,"colour":1,"a/b~c":2,"__proto__":{"x":1},"vault":{"bytesMax":2097152,"tape":true},"scheduled":{"schedule":{"kind":"daily","at":"02:00","every":{"days":2,"from":"2027-01-01","but":[]}}}}',
    );
    const checked = checkPolicy(input);
    assert.ok('policy' in checked);
    const pointers = checked.notApplied.map(({ path }) => path).toSorted();
    assert.deepEqual(pointers, ['/__proto__', '/a~1b~0c', '/colour', '/scheduled/schedule/every/but', '/vault/tape']);
    for (const pointer of pointers)
      assert.deepEqual(valueAt(checked.policy, pointer), valueAt(input, pointer), pointer);
    assert.equal(Object.getPrototypeOf(checked.policy), Object.prototype);
    const plain = policyOf({
      version: 2,
      vault: { bytesMax: 2_097_152 },
      scheduled: { schedule: { kind: 'daily', at: '02:00', every: { days: 2, from: '2027-01-01' } } },
    });
    assert.notEqual(policyHash(checked.policy, sha256Hex), policyHash(plain, sha256Hex));
  });

  it('EX-2f: an exception with a condition that is not known is kept and reported, because applying the rest would widen it', () => {
    const checked = checkPolicy(
      { manual: { exceptions: [{ match: { directory: '/srv', owner: 'db' } }] } },
      { unknown: 'kept' },
    );
    assert.ok('policy' in checked);
    assert.deepEqual(
      checked.notApplied.map(({ path, message }) => [path, /not applied/.test(message)]),
      [['/manual/exceptions/0/match/owner', true]],
    );
  });

  it('EX-2f: an unknown field is a fault that names the nearest known one, the place where it belongs, or what may stand there', () => {
    const messages = (input: unknown): Readonly<Record<string, string>> => {
      const checked = checkPolicy(input);
      assert.ok('faults' in checked, JSON.stringify(input));
      assert.ok(checked.faults.every(({ code }) => code === 'policy.unknown_field'));
      return Object.fromEntries(checked.faults.map(({ path, message }) => [path, message]));
    };
    const found = messages({
      manul: {},
      deadlineMs: 5,
      colour: 1,
      realtime: {
        direktories: { kind: 'all' },
        'deadline-ms': 7,
        directories: { kind: 'list', entries: [{ path: '/a', subdirs: true }] },
      },
      scheduled: { schedule: { kind: 'weekly', at: '02:00', days: ['monday'], zona: 'UTC' } },
      manual: {
        exceptions: [
          { match: { directory: '/srv', ownr: 'db' }, reson: 'x' },
          { match: { directory: '/srv', user: 'db' } },
        ],
      },
    });
    const nearest = (name: string): string => `This field is not known: did you mean "${name}"?`;
    assert.equal(found['/manul'], nearest('manual'));
    assert.equal(found['/realtime/direktories'], nearest('directories'));
    assert.equal(found['/realtime/deadline-ms'], nearest('deadlineMs'));
    assert.equal(found['/scheduled/schedule/zona'], nearest('zone'));
    assert.equal(found['/manual/exceptions/0/reson'], nearest('reason'));
    assert.equal(found['/deadlineMs'], 'This field is not known: it belongs to /realtime/deadlineMs.');
    assert.match(found['/colour'] ?? '', /the known fields here are version, name, realtime, scheduled,/);
    assert.match(found['/realtime/directories/entries/0/subdirs'] ?? '', /subdirectories/);
    for (const place of ['0/match/ownr', '1/match/user']) assert.ok(found[`/manual/exceptions/${place}`], place);
    assert.equal(Object.keys(found).length, 10);
  });

  it('of what is refused and what is kept each is told, with its code and what follows', () => {
    const checked = checkPolicy({ one: 1, other: 2 }, { known: ['/one'] });
    assert.deepEqual(
      checked.notApplied.map(({ code, path, message }) => `${code} ${path}: ${message}`),
      ['policy.not_applied /one: This field is not known. It is kept, but has no effect.'],
    );
    assert.deepEqual('faults' in checked ? checked.faults.map(({ path }) => path) : [], ['/other']);
    const exceptions = Array.from({ length: 11 }, () => ({ match: { file: '/a' }, odd: 1 }));
    const kept = checkPolicy({ manual: { exceptions } }, { unknown: 'kept' });
    for (const { message } of kept.notApplied) assert.match(message, /The exception is kept, but not applied\.$/);
    assert.equal(kept.notApplied.length, 11);
  });

  it('only a newer version, as a number, keeps what is not known', () => {
    assert.ok('policy' in checkPolicy({ version: 2, odd: 1 }));
    for (const version of [1, '2', null])
      assert.ok(codesOf({ version, odd: 1 }).includes('policy.unknown_field /odd'), String(version));
  });

  it('EX-2f: in the exceptions of each kind of scan unknown fields are found, and what is no exception has none', () => {
    for (const kind of ['realtime', 'scheduled', 'manual'])
      assert.deepEqual(codesOf({ [kind]: { exceptions: [{ match: { file: '/a' }, odd: 1 }] } }), [
        `policy.unknown_field /${kind}/exceptions/0/odd`,
      ]);
    const strange = [7, null, ['a'], { match: ['a'] }, { match: null }, { match: 'a' }];
    for (const code of codesOf({ manual: { exceptions: strange } })) assert.doesNotMatch(code, /unknown_field/);
  });

  it('the first hundred unknown fields have a hint, and a field of other places names them', () => {
    const checked = checkPolicy(Object.fromEntries(Array.from({ length: 101 }, (_, index) => [`odd${index}`, 1])));
    assert.ok('faults' in checked);
    const messages = checked.faults.map(({ message }) => message);
    assert.match(messages[99] ?? '', /the known fields here are/);
    assert.equal(messages[100], 'This field is not known.');
    const load = checkPolicy({ load: 'low' });
    assert.equal(
      'faults' in load ? load.faults[0]?.message : '',
      'This field is not known: it belongs to /scheduled/load or /manual/load.',
    );
  });

  it('a document that is in force, and a field that stood there before, stay', () => {
    const typo = { manul: {}, vault: { tape: 1 } };
    assert.ok('policy' in checkPolicy(typo, { unknown: 'kept' }));
    assert.ok('policy' in checkPolicy(typo, { known: ['/manul', '/vault/tape'] }));
    assert.ok('faults' in checkPolicy(typo, { known: ['/manul'] }));
  });

  it('a value of the wrong shape is told in words of ours: what must stand there, what stands there, which is nearest', () => {
    const said = (input: unknown): readonly string[] => {
      const checked = checkPolicy(input);
      return 'faults' in checked ? checked.faults.map(({ message }) => message) : [];
    };
    assert.deepEqual(said([]), ['Expected an object (fields with their values), found a list.']);
    assert.deepEqual(said({ manual: [] }), ['Expected an object (fields with their values), found a list.']);
    assert.deepEqual(said({ realtime: { enabled: 'yes' } }), ['Expected true or false, found text.']);
    assert.deepEqual(said({ name: null }), ['Expected text, found nothing (null).']);
    assert.deepEqual(said({ name: '' }), ['This text is empty.']);
    assert.deepEqual(said({ manual: { load: 'hihg' } }), ['Expected one of low, medium, high; did you mean "high"?']);
    for (const files of [{ kind: 'al' }, {}])
      assert.match(said({ manual: { files } })[0] ?? '', /^Expected one of all, intelliscan, extensions/);
    assert.equal(said({ realtime: { exceptions: [{ match: { process: 7 } }] } })[0], 'Expected text, found a number.');
  });

  it('what JSON cannot say is a fault with its pointer, and deep nesting ends', () => {
    const deep: unknown = JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`);
    for (const strange of [new Date(0), Number.NaN, '\ud800', deep]) {
      const checked = checkPolicy({ vault: { note: strange } });
      assert.ok('faults' in checked && checked.faults[0]?.path.startsWith('/vault/note'));
    }
    const message = 'This cannot be written as JSON. It is a date, not a number, not valid text, or nested too deep.';
    assert.deepEqual(checkPolicy({ name: Number.NaN }), {
      faults: [{ code: 'policy.invalid', path: '/name', message }],
      notApplied: [],
    });
  });

  it('a file of a hundred thousand unknown fields is checked in one pass', () => {
    // Each mutant pays for them (tools/mutants).
    const count = process.env['LAZARET_MUTANTS'] === '1' ? 1_000 : 100_000;
    const names = Array.from({ length: count }, (_, index) => [`field${index}`, index] as const);
    const startedAt = performance.now();
    const file = { ...Object.fromEntries(names), vault: Object.fromEntries(names) };
    assert.equal(checkPolicy(file, { unknown: 'kept' }).notApplied.length, 2 * count);
    const refused = checkPolicy(file);
    assert.ok('faults' in refused && refused.faults.length === 2 * count);
    assert.ok(performance.now() - startedAt < 120_000, 'removing field by field takes minutes');
  });

  it('the hash is that of the canonical text: the order of the file does not matter', () => {
    const one = policyOf({ name: 'a', manual: { load: 'low' } });
    const other = policyOf({ manual: { load: 'low' }, name: 'a' });
    assert.equal(policyHash(one, sha256Hex), policyHash(other, sha256Hex));
    assert.equal(policyHash(one, sha256Hex), sha256Hex(canonicalJson(one)));
    assert.match(policyHash(one, sha256Hex), /^[0-9a-f]{64}$/);
  });
});
