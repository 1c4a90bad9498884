// SPDX-License-Identifier: Apache-2.0
// Named values that hold for the whole installation: the token of the first run, the provider's settings. It owns the table `installation`; each feature
// defines the meaning of its values.
import type { IdentityTransaction } from '../database/index.ts';

export async function readInstallationValue(tx: IdentityTransaction, name: string): Promise<object | null> {
  const row = await tx.selectFrom('installation').select('value').where('name', '=', name).executeTakeFirst();
  return row?.value ?? null;
}

export async function writeInstallationValue(tx: IdentityTransaction, name: string, value: object): Promise<void> {
  const text = JSON.stringify(value);
  await tx
    .insertInto('installation')
    .values({ name, value: text })
    .onConflict((conflict) => conflict.column('name').doUpdateSet({ value: text }))
    .execute();
}

export async function removeInstallationValue(tx: IdentityTransaction, name: string): Promise<void> {
  await tx.deleteFrom('installation').where('name', '=', name).execute();
}
