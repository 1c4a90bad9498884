// SPDX-License-Identifier: Apache-2.0
// The certificate authorities of this installation (MG-1): one signs, others are still trusted or already trusted, so that an authority can be replaced while
// every agent keeps working. Their keys are sealed in the database that all managers share. It owns the table `identity.authorities`, and caches what it read
// until somebody changes it.
import { X509Certificate } from 'node:crypto';
import { LazaretError } from '@lazaret/core';
import { sql } from 'kysely';
import { notify, type Database, type IdentityTransaction } from '../database/index.ts';
import type { Sealer } from '../sealing/index.ts';
import { fingerprintOf, makeAuthority, type KeyedCertificate } from './certificates.ts';

export interface Authority extends KeyedCertificate {
  readonly id: string;
  readonly state: 'next' | 'active' | 'old';
  /** SHA-256 of its DER. */
  readonly fingerprint: string;
  readonly notAfter: Date;
  /** Since when it signs; its making where it does not yet. */
  readonly since: Date;
}

export interface Authorities {
  /** The one that signs. */
  active(): Promise<Authority>;
  /** All that are believed, the active one first. */
  all(): Promise<readonly Authority[]>;
  /** Makes the one to come; agents learn it at their next check-in. */
  addNext(): Promise<void>;
  /** It signs from now on; agents renew at their next check-in. The one before is still believed. */
  promote(): Promise<void>;
  /** Old ones are not believed any more: who has not renewed meanwhile must be activated again. */
  dropOld(): Promise<void>;
  /** Calls `listener` whenever some manager has changed them. */
  onChange(listener: () => void): void;
  close(): void;
}

export interface AuthorityParts {
  readonly database: Database;
  readonly sealer: Sealer;
  readonly nowMs: () => number;
  readonly newId: () => string;
}

const CHANNEL = 'lazaret_authorities';
const PURPOSE = 'certificate authority';
const LOCK = 7_262_539;

/** Makes the first authority where there is none. */
export async function openAuthorities(parts: AuthorityParts): Promise<Authorities> {
  const { database } = parts;
  let known: Promise<readonly Authority[]> | null = null;
  const listeners: (() => void)[] = [];
  const endListening = await database.listen(CHANNEL, () => {
    known = null;
    for (const listener of listeners) listener();
  });
  const all = async (): Promise<readonly Authority[]> => {
    try {
      return await (known ??= database.asIdentity((tx) => readAll(tx, parts.sealer)));
    } catch (error) {
      known = null;
      throw error;
    }
  };
  const change = async (work: (tx: IdentityTransaction) => Promise<void>): Promise<void> => {
    await database.asIdentity(async (tx) => {
      await sql`select pg_advisory_xact_lock(${LOCK})`.execute(tx);
      await work(tx);
      await notify(tx, CHANNEL, '');
    });
    known = null;
  };
  await change(async (tx) => {
    const found = await tx.selectFrom('authorities').select('id').where('state', '=', 'active').executeTakeFirst();
    if (found === undefined) await add(tx, parts, 'active');
  });
  return {
    all,
    active: async () => {
      const [first] = await all();
      if (first?.state !== 'active')
        throw new LazaretError('api.internal', 'There is no active certificate authority.');
      return first;
    },
    addNext: () =>
      change(async (tx) => {
        const found = await tx.selectFrom('authorities').select('id').where('state', '=', 'next').executeTakeFirst();
        if (found === undefined) await add(tx, parts, 'next');
      }),
    promote: () =>
      change(async (tx) => {
        const next = await tx.selectFrom('authorities').select('id').where('state', '=', 'next').executeTakeFirst();
        if (next === undefined)
          throw new LazaretError('api.conflict', 'There is no certificate authority that could become active.');
        await tx.updateTable('authorities').set({ state: 'old' }).where('state', '=', 'active').execute();
        await tx
          .updateTable('authorities')
          .set({ state: 'active', since: new Date(parts.nowMs()) })
          .where('id', '=', next.id)
          .execute();
      }),
    dropOld: () => change(async (tx) => void (await tx.deleteFrom('authorities').where('state', '=', 'old').execute())),
    onChange: (listener) => void listeners.push(listener),
    close: endListening,
  };
}

async function add(tx: IdentityTransaction, parts: AuthorityParts, state: 'active' | 'next'): Promise<void> {
  const nowMs = parts.nowMs();
  const { certificate, privateKey } = await makeAuthority(nowMs);
  await tx
    .insertInto('authorities')
    .values({
      id: parts.newId(),
      state,
      certificate,
      key_sealed: parts.sealer.seal(privateKey, PURPOSE),
      created_at: new Date(nowMs),
      since: new Date(nowMs),
      not_after: new Date(new X509Certificate(certificate).validTo),
    })
    .execute();
}

const ORDER = { active: 0, next: 1, old: 2 } as const;

async function readAll(tx: IdentityTransaction, sealer: Sealer): Promise<readonly Authority[]> {
  const rows = await tx.selectFrom('authorities').selectAll().execute();
  return rows
    .map(({ id, state, certificate, key_sealed, not_after, since }) => ({
      id,
      state,
      certificate,
      privateKey: sealer.open(key_sealed, PURPOSE),
      fingerprint: fingerprintOf(certificate),
      notAfter: not_after,
      since,
    }))
    .toSorted((left, right) => ORDER[left.state] - ORDER[right.state]);
}
