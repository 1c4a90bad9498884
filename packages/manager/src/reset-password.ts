// SPDX-License-Identifier: Apache-2.0
// Resets a lost password or authenticator. Root on the manager's machine can do this, and the audit log records it.
import { LazaretError } from '@lazaret/core';
import type { Logger } from 'pino';
import { ROOT_ACTOR } from './audit/index.ts';
import { auditOfUser, endSessions, findUserByEmail, makeLink, takeTotp } from './auth/index.ts';
import { withConnections } from './backup/database-access.ts';
import { type IdentityTransaction, openDatabase } from './database/index.ts';
import type { ManagerConfig } from './manager.ts';

export async function linkToResetPassword(config: ManagerConfig, email: string, log: Logger): Promise<void> {
  const link = await withAccount(config, email, async (tx, userId) => {
    await auditOfUser(tx, userId, { action: 'password.link_by_root', actor: ROOT_ACTOR });
    return makeLink(tx, { purpose: 'password', userId, by: null }, new Date());
  });
  process.stdout.write(`${JSON.stringify(link)}\n`);
  log.info({ email, expiresAt: link.expiresAt }, 'the one-time link was created');
}

/** All sessions of the account end. */
export async function removeAuthenticator(config: ManagerConfig, email: string, log: Logger): Promise<void> {
  await withAccount(config, email, async (tx, userId) => {
    await takeTotp(tx, userId, { action: 'totp.removed_by_root', actor: ROOT_ACTOR });
    await endSessions(tx, userId);
  });
  log.info({ email }, 'the authenticator was removed');
}

function withAccount<T>(
  config: ManagerConfig,
  email: string,
  work: (tx: IdentityTransaction, userId: string) => Promise<T>,
): Promise<T> {
  return withConnections(config, async (connections) => {
    const database = openDatabase(connections);
    try {
      return await database.asIdentity(async (tx) => {
        const user = await findUserByEmail(tx, email);
        if (user === undefined)
          throw new LazaretError('manager.no_account', `There is no account with the e-mail address "${email}".`, {
            where: email,
          });
        return work(tx, user.id);
      });
    } finally {
      await database.close();
    }
  });
}
