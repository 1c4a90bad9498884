// SPDX-License-Identifier: Apache-2.0
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { compileKinds } from './kinds.ts';

describe('kinds of threat', () => {
  it('AC-1a: the first row that fits decides, any first part can be left open, and what fits no row is other', () => {
    const kindOf = compileKinds([
      { prefix: 'Eicar', kind: 'test' },
      { prefix: '*.Trojan', kind: 'trojan' },
      { prefix: 'Unix.', kind: 'virus' },
    ]);
    assert.equal(kindOf('Eicar-Signature'), 'test');
    assert.equal(kindOf('EICAR.X'), 'test');
    assert.equal(kindOf('Win.Trojan.Agent-1'), 'trojan');
    assert.equal(kindOf('Unix.Trojan.Mirai'), 'trojan');
    assert.equal(kindOf('Unix.Malware.X'), 'virus');
    assert.equal(kindOf('Trojan'), 'other', 'the open part must be there');
    assert.equal(kindOf('Win.Malware.Trojan'), 'other');
    assert.equal(kindOf(''), 'other');
  });

  it('AC-1a, PF-6e: an exact row is about one name, and about none that begins so', () => {
    const kindOf = compileKinds([
      { prefix: 'Win', kind: 'pua', exact: true },
      { prefix: 'Win.', kind: 'trojan' },
    ]);
    assert.deepEqual(['Win', 'WIN', 'Win.Agent', 'Windows'].map(kindOf), ['pua', 'pua', 'trojan', 'other']);
  });

  it('AC-1a: several parts can be left open, and an empty rest is met by none', () => {
    const kindOf = compileKinds([
      { prefix: '*.*.Virus.', kind: 'virus' },
      { prefix: '*.', kind: 'pua' },
    ]);
    assert.equal(kindOf('BC.Win.Virus.Ramnit'), 'virus');
    assert.equal(kindOf('Win.Virus.Sality'), 'pua');
    assert.equal(kindOf('Virus'), 'other');
  });
});
