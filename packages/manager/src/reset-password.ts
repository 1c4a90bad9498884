// SPDX-License-Identifier: Apache-2.0
// For who has lost the last password: who is root on the manager's machine makes a one-time link. It stands in the provider's audit.
import { LazaretError } from '@lazaret/core';
import type { Logger } from 'pino';
import { auditOfUser, findUserByEmail, makeLink } from './auth/index.ts';
import { withConnections } from './backup/database-access.ts';
import { openDatabase } from './database/index.ts';
import type { ManagerConfig } from './manager.ts';

export async function linkToResetPassword(config: ManagerConfig, email: string, log: Logger): Promise<void> {
  await withConnections(config, async (connections) => {
    const database = openDatabase(connections);
    try {
      const link = await database.asIdentity(async (tx) => {
        const user = await findUserByEmail(tx, email);
        if (user === undefined) throw new LazaretError('api.not_found', `There is no account "${email}".`);
        await auditOfUser(tx, user.id, { action: 'password.link_by_root' });
        return makeLink(tx, { purpose: 'password', userId: user.id }, new Date());
      });
      process.stdout.write(`${JSON.stringify(link)}\n`);
      log.info({ email, expiresAt: link.expiresAt }, 'the link was made');
    } finally {
      await database.close();
    }
  });
}
