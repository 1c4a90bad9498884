// SPDX-License-Identifier: Apache-2.0
// What the starter set's rules say of themselves: name, kind and why, read from the text of patterns/starter/*.yar.
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface StarterRule {
  readonly file: string;
  readonly name: string;
  readonly kind: string;
  readonly why: string;
}

const META = /^rule \S+\s*\{\s*meta:\s*name = "([^"]+)"\s*kind = "([^"]+)"\s*why = "([^"]+)"/gm;

/** Throws where a rule does not begin with the three, because then it would be left out silently. */
export function readStarterRules(directory: string): readonly StarterRule[] {
  return readdirSync(directory)
    .filter((file) => file.endsWith('.yar'))
    .toSorted()
    .flatMap((file) => {
      const text = readFileSync(join(directory, file), 'utf8');
      const rules = [...text.matchAll(META)].map(([, name = '', kind = '', why = '']) => ({ file, name, kind, why }));
      const declared = text.match(/^rule /gm)?.length ?? 0;
      if (rules.length !== declared) throw new Error(`${file}: a rule does not begin with name, kind and why`);
      return rules;
    });
}
