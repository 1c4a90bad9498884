// SPDX-License-Identifier: Apache-2.0
// What agents are to know of their managers: authorities and addresses.
import { createHash } from 'node:crypto';
import type { Trust } from '@lazaret/contract';
import type { Authorities } from '../../ca/index.ts';

export async function readTrust(authorities: Authorities, managers: readonly string[]): Promise<Trust> {
  const certificates = (await authorities.all()).map(({ certificate }) => certificate).toSorted();
  const hash = createHash('sha256')
    .update(JSON.stringify([certificates, managers]))
    .digest('hex');
  return { hash, authorities: certificates, managers: [...managers] };
}
