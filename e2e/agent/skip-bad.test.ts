// SPDX-License-Identifier: Apache-2.0
// PF-6b: one bad file of a set refuses the whole set, or is left out by name and with its reason where a person chose that.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeMarker } from '@lazaret/testkit';
import { makeProduct } from '../support/product.ts';

const BAD = {
  'bad one.txt': '',
  'a-bad.yar': 'rule a { condition: no_such_thing }\n',
  'bad.hdb': 'this is no hash\n',
  'bad.hdb.ndb': 'no signature\n',
  'z-bad.yara': 'rule z { strings: $a = "x" condition: }\n',
};

test('PF-6b: a set with bad files is refused by name; with --skip-bad they are left out, each is named with its reason, and the rest finds what it should', {
  timeout: 240_000,
}, async (t) => {
  const product = makeProduct(t);
  const [one, other] = [makeMarker('Good.Ndb'), makeMarker('Good.Yara')];
  const directory = join(product.state, 'set');
  mkdirSync(directory, { recursive: true });
  const files = {
    ...BAD,
    'good.ndb': one.signature,
    'm-good.yar': `rule good { strings: $a = "${other.text}" condition: $a }\n`,
  };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(directory, name), text);
  const refused = await product.lazaret('patterns', 'load', directory, '--json');
  assert.equal(refused.code, 2);
  assert.match(refused.stdout, /bad\.hdb/);

  // All bad rules at once, where ClamAV's files are no fault.
  const rules = join(product.state, 'rules');
  mkdirSync(rules);
  for (const name of ['a-bad.yar', 'z-bad.yara'] as const) writeFileSync(join(rules, name), BAD[name]);
  assert.match((await product.lazaret('patterns', 'load', rules, '--json')).stdout, /a-bad\.yar:1: .*z-bad\.yara:1: /s);

  const loaded = await product.lazaret('patterns', 'load', directory, '--skip-bad', '--json');
  assert.equal(loaded.code, 0, loaded.stdout);
  const { active } = JSON.parse(loaded.stdout) as { active: { leftOut: { name: string; reason: string }[] } };
  const reasons = new Map(active.leftOut.map(({ name, reason }) => [name, reason]));
  assert.deepEqual([...reasons.keys()].toSorted(), ['a-bad.yar', 'bad.hdb', 'bad.hdb.ndb', 'z-bad.yara']);
  assert.match(reasons.get('a-bad.yar') ?? '', /^a-bad\.yar:1: .*no_such_thing/);
  assert.match(reasons.get('bad.hdb') ?? '', /^bad\.hdb, line 1: /);
  const told = await product.lazaret('patterns', 'status');
  for (const name of reasons.keys()) assert.ok(told.stdout.includes(name), `status names ${name}: ${told.stdout}`);

  writeFileSync(join(product.directory, 'one'), one.text);
  writeFileSync(join(product.directory, 'other'), other.text);
  const { summary } = await product.scan('--action', 'pass', product.directory);
  assert.equal(summary.infected, 2);

  const worse = join(product.state, 'worse');
  mkdirSync(worse);
  writeFileSync(join(worse, 'only.yar'), BAD['a-bad.yar']);
  const nothing = await product.lazaret('patterns', 'load', worse, '--skip-bad', '--json');
  assert.match(nothing.stdout, /"patterns\.yara_invalid".*no_such_thing/);
});
