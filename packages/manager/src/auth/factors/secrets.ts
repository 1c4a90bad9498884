// SPDX-License-Identifier: Apache-2.0
// Random tokens: 32 bytes from the system, of which only the SHA-256 is stored. They are so long that neither a salt nor a slow hash is needed.
import { createHash, randomBytes } from 'node:crypto';

/** `lzt_`: an API token, so that a leaked one can be found by its form. */
export type TokenPrefix = '' | 'lzt_';

export interface NewToken {
  readonly token: string;
  readonly hash: Buffer;
}

export function newToken(prefix: TokenPrefix = ''): NewToken {
  const token = `${prefix}${randomBytes(32).toString('base64url')}`;
  return { token, hash: hashToken(token) };
}

export function hashToken(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}
