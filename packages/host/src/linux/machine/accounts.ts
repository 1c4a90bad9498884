// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';

/** Home directories as the accounts of this machine name them; one that an account lacks is ''. */
export function readHomes(): readonly string[] {
  return readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':')[5] ?? '');
}
