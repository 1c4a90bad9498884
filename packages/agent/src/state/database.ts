// SPDX-License-Identifier: Apache-2.0
// The agent's own state in one SQLite file (WAL): runs with their cursor, the ledger, when each schedule was last looked at.
// Owns the file and its schema; forward-only steps, each in a transaction.
import { DatabaseSync } from 'node:sqlite';
import { randomUUID } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/** Step N brings the schema from version N to N + 1. Never change one that was released: add another. */
const STEPS: readonly string[] = [
  `CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
   CREATE TABLE runs (
     id TEXT PRIMARY KEY, kind TEXT NOT NULL, state TEXT NOT NULL, request TEXT NOT NULL, requestKey TEXT NOT NULL,
     policyHash TEXT NOT NULL, patternRelease TEXT NOT NULL, startedMs INTEGER NOT NULL, endedMs INTEGER,
     cursor BLOB, totals TEXT NOT NULL) STRICT;
   CREATE INDEX runsByState ON runs (state, startedMs);
   CREATE TABLE ledger (runId TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE, sequence INTEGER NOT NULL, row TEXT NOT NULL,
     PRIMARY KEY (runId, sequence)) STRICT;
   CREATE TABLE schedules (purpose TEXT PRIMARY KEY, checkedMs INTEGER NOT NULL) STRICT;`,
  `CREATE TABLE commands (
     id TEXT PRIMARY KEY, command TEXT NOT NULL, state TEXT NOT NULL, receivedMs INTEGER NOT NULL, spoolBefore INTEGER, result TEXT) STRICT;
   CREATE INDEX commandsByState ON commands (state, receivedMs);`,
  // AC-14: files that were taken away, for the brake.
  `CREATE TABLE removals (timeMs INTEGER NOT NULL, runId TEXT NOT NULL) STRICT;
   CREATE INDEX removalsByTime ON removals (timeMs);
   CREATE INDEX removalsByRun ON removals (runId);`,
];

export type StateDatabase = DatabaseSync;

/** Opens (and makes or migrates) the state. A file of a newer program is refused rather than harmed. */
export function openState(path: string): StateDatabase {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const database = new DatabaseSync(path, { timeout: 10_000 });
  database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;');
  migrate(database);
  return database;
}

function migrate(database: StateDatabase): void {
  const version = (database.prepare('PRAGMA user_version').get() as { user_version: number }).user_version;
  if (version > STEPS.length) throw new Error(`a newer version of Lazaret wrote the state (schema ${version})`);
  for (const [index, step] of STEPS.entries()) {
    if (index < version) continue;
    inTransaction(database, () => database.exec(`${step} PRAGMA user_version = ${index + 1};`));
  }
}

/** Runs `work` in one immediate transaction: all of it counts, or nothing. */
export function inTransaction<T>(database: StateDatabase, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const result = work();
    database.exec('COMMIT');
    return result;
  } catch (error) {
    database.exec('ROLLBACK');
    throw error;
  }
}

export function readMeta(database: StateDatabase, name: string): string | null {
  const row = database.prepare('SELECT value FROM meta WHERE name = ?').get(name) as { value: string } | undefined;
  return row?.value ?? null;
}

export function writeMeta(database: StateDatabase, name: string, value: string): void {
  database.prepare('INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)').run(name, value);
}

/** The epoch of this state: a new one begins when the state is lost, so that sequences never mean two things. */
export function readEpoch(database: StateDatabase): string {
  const known = epochs.get(database);
  if (known !== undefined) return known;
  database.prepare('INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)').run('epoch', randomUUID());
  const { value } = database.prepare('SELECT value FROM meta WHERE name = ?').get('epoch') as { value: string };
  epochs.set(database, value);
  return value;
}

/** The state went back in time (an old image, a power cut): its next sequences were given before, and must not mean two things. */
export function beginEpoch(database: StateDatabase): string {
  const epoch = randomUUID();
  writeMeta(database, 'epoch', epoch);
  epochs.set(database, epoch);
  return epoch;
}

const epochs = new WeakMap<StateDatabase, string>();
