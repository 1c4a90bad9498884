// SPDX-License-Identifier: Apache-2.0
// A mutant that no test sees and none has to, with why. `was` is the line as it stands, `becomes` what stands in place of its changed part, as
// `npm run mutants` prints them.

export interface Survivor {
  readonly file: string;
  readonly was: string;
  readonly becomes: string;
  readonly why: string;
}

export const same = (
  file: string,
  why: string,
  ...pairs: readonly (readonly [was: string, becomes: string])[]
): Survivor[] => pairs.map(([was, becomes]) => ({ file, was, becomes, why }));
