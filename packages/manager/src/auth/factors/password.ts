// SPDX-License-Identifier: Apache-2.0
// Passwords: argon2id by node:crypto, in the usual text form, so that the cost can rise while old hashes still verify. Each computation needs tens of megabytes
// and a core, so only a few run at once, and the others wait in a fair queue. It owns these places.
import { argon2, randomBytes, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { LazaretError } from '@lazaret/core';
import { fairQueue, type FairQueueLimits, type Turn } from '../sign-in/fair-queue.ts';

export interface PasswordCost {
  readonly memoryKiB: number;
  readonly passes: number;
}

/** About 80 ms on one core of 2026. */
export const PASSWORD_COST: PasswordCost = { memoryKiB: 32_768, passes: 3 };

const HASH_BYTES = 32;
const SALT_BYTES = 16;
const STORED = /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=1\$([\w+/=-]+)\$([\w+/=-]+)$/;

const derive = promisify(argon2);
/** Each takes `PASSWORD_COST.memoryKiB`, and a thread of the pool that files are read by, too. */
export const PASSWORDS: FairQueueLimits = { atOnceMax: 2, waitingMax: 256, waitingOfOneMax: 4 };
const queue = fairQueue(
  PASSWORDS,
  () => new LazaretError('auth.busy', 'Too many users are signing in at the same time.'),
);

export async function hashPassword(turn: Turn, password: string, cost: PasswordCost = PASSWORD_COST): Promise<string> {
  const salt = randomBytes(SALT_BYTES);
  const hash = await queue.run(turn, () => work(password, salt, cost));
  const numbers = `m=${cost.memoryKiB},t=${cost.passes},p=1`;
  return `$argon2id$v=19$${numbers}$${salt.toString('base64')}$${hash.toString('base64')}`;
}

/** Null as the stored hash: no such account, or one without a password. It takes the same time and is never right. */
export async function verifyPassword(turn: Turn, password: string, stored: string | null): Promise<boolean> {
  const parts = STORED.exec(stored ?? '');
  const cost = parts === null ? PASSWORD_COST : { memoryKiB: Number(parts[1] ?? ''), passes: Number(parts[2] ?? '') };
  const salt = parts === null ? randomBytes(SALT_BYTES) : Buffer.from(parts[3] ?? '', 'base64');
  const hash = await queue.run(turn, () => work(password, salt, cost));
  return parts !== null && timingSafeEqual(hash, Buffer.from(parts[4] ?? '', 'base64'));
}

function work(password: string, salt: Buffer, cost: PasswordCost): Promise<Buffer> {
  const message = Buffer.from(password.normalize('NFKC'));
  const parameters = {
    message,
    nonce: salt,
    parallelism: 1,
    tagLength: HASH_BYTES,
    memory: cost.memoryKiB,
    passes: cost.passes,
  };
  return derive('argon2id', parameters);
}
