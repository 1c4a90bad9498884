// SPDX-License-Identifier: Apache-2.0
// Where the checkout and the programs of these tests stand: a test may move without knowing.
import { join } from 'node:path';

export const ROOT = join(import.meta.dirname, '../..');
/** Programs in other languages, which play a client, a server, a user or an attacker. */
export const PROGRAMS = join(ROOT, 'e2e/programs');
