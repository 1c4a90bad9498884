// SPDX-License-Identifier: Apache-2.0
// What holds for the whole installation, a value by name: the token of the first run, the provider's settings. Owns the table `installation`; what a value
// means is its feature's.
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
