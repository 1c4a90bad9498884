// SPDX-License-Identifier: Apache-2.0
// The enrolment token, as it is copied from the console to a VM: where the manager is, by which authority it is recognised, and a secret. So TLS is
// verified from the first byte, without a certificate having to be brought first (MG-1).
import { z } from 'zod';
import { sha256Schema } from '../identities.ts';

const PREFIX = 'lze_';
const TEXT_MAX = 4_096;

/** `host:port`, an IPv6 address in brackets. */
export const managerAddressSchema = z
  .string()
  .max(300)
  .regex(/^(?:\[[0-9a-fA-F:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9.-]{0,251}[A-Za-z0-9])?):[0-9]{1,5}$/);

const secretSchema = z.string().regex(/^[A-Za-z0-9_-]{43}$/);

const wireSchema = z.tuple([
  z.literal(1),
  z.uuid(),
  z.uuid(),
  secretSchema,
  z.array(managerAddressSchema).min(1).max(8),
  z.array(sha256Schema).min(1).max(4),
]);

export interface EnrolmentTokenContent {
  readonly tenantId: string;
  readonly tokenId: string;
  /** 32 random bytes, base64url. The manager keeps its SHA-256 alone. */
  readonly secret: string;
  /** Tried in this order. */
  readonly managers: readonly string[];
  /** SHA-256 of the DER of the authorities that may vouch for the manager. */
  readonly authorities: readonly string[];
}

export function formatEnrolmentToken(token: EnrolmentTokenContent): string {
  const wire = [1, token.tenantId, token.tokenId, token.secret, token.managers, token.authorities];
  return PREFIX + toBase64Url(JSON.stringify(wire));
}

/** Null for what is no token. */
export function parseEnrolmentToken(text: string): EnrolmentTokenContent | null {
  const trimmed = text.trim();
  if (!trimmed.startsWith(PREFIX) || trimmed.length > TEXT_MAX) return null;
  const wire = wireSchema.safeParse(parseJson(fromBase64Url(trimmed.slice(PREFIX.length))));
  if (!wire.success) return null;
  const [, tenantId, tokenId, secret, managers, authorities] = wire.data;
  return { tenantId, tokenId, secret, managers, authorities };
}

/** Host and port of an address; the brackets of IPv6 are taken off. */
export function splitManagerAddress(address: string): { readonly host: string; readonly port: number } {
  const at = address.lastIndexOf(':');
  return { host: address.slice(0, at).replace(/^\[(.*)\]$/, '$1'), port: Number(address.slice(at + 1)) };
}

function parseJson(text: string | null): unknown {
  try {
    return text === null ? null : JSON.parse(text);
  } catch {
    return null;
  }
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/** ASCII alone: all that a token holds. contract has no Buffer. */
function toBase64Url(text: string): string {
  let bits = 0;
  let held = 0;
  let out = '';
  for (const character of text) {
    held = ((held << 8) | (character.codePointAt(0) ?? 0)) & 0xffff;
    bits += 8;
    while (bits >= 6) {
      bits -= 6;
      out += ALPHABET[(held >> bits) & 63];
    }
  }
  return bits === 0 ? out : out + ALPHABET[(held << (6 - bits)) & 63];
}

function fromBase64Url(text: string): string | null {
  let bits = 0;
  let held = 0;
  let out = '';
  for (const character of text) {
    const value = ALPHABET.indexOf(character);
    if (value < 0) return null;
    held = ((held << 6) | value) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    out += String.fromCodePoint((held >> bits) & 255);
  }
  return out;
}
