// SPDX-License-Identifier: Apache-2.0
// The session in which a held file was ordered: there its person has proven itself, so there alone the file is handed out (AC-8g). One that is brought
// already, by an order of before, is ordered anew.
import type { Migration } from '../migration.ts';

export const ordersOfASession: Migration = {
  name: '0063-orders-of-a-session',
  statements: ['alter table lazaret.commands add column session_hash bytea'],
};
