// SPDX-License-Identifier: Apache-2.0
// Codes of an authenticator (RFC 6238). The secret lies sealed; a code counts once.
import { Secret, TOTP } from 'otpauth';
import type { Sealer } from '../../sealing/index.ts';

const PERIOD_SECONDS = 30;
/** One step before and after: clocks of telephones are a little off. */
const WINDOW = 1;
const SECRET_BYTES = 20;

export interface NewTotp {
  readonly secret: string;
  readonly uri: string;
  readonly sealed: Buffer;
}

export function newTotp(sealer: Sealer, userId: string, email: string): NewTotp {
  const secret = new Secret({ size: SECRET_BYTES });
  const totp = new TOTP({ issuer: 'Lazaret', label: email, secret, period: PERIOD_SECONDS });
  return {
    secret: secret.base32,
    uri: totp.toString(),
    sealed: sealer.seal(new Uint8Array(secret.bytes), purpose(userId)),
  };
}

/** The time step of a code that is right and newer than `lastStep`; null for any other. */
export function totpStep(
  sealer: Sealer,
  userId: string,
  sealed: Buffer,
  code: string,
  lastStep: number,
  nowMs: number,
): number | null {
  const opened = new Uint8Array(sealer.open(sealed, purpose(userId)));
  const totp = new TOTP({ secret: new Secret({ buffer: opened.buffer }), period: PERIOD_SECONDS });
  const delta = totp.validate({ token: code, timestamp: nowMs, window: WINDOW });
  if (delta === null) return null;
  const step = Math.floor(nowMs / 1000 / PERIOD_SECONDS) + delta;
  return step > lastStep ? step : null;
}

function purpose(userId: string): string {
  return `totp:${userId}`;
}
