// SPDX-License-Identifier: Apache-2.0
// MG-8c: one command restores a backup into an installation that is still empty. It never overwrites data; to go back, move the old state away first. The
// database is restored in one transaction, completely or not at all.
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { LazaretError } from '@lazaret/core';
import type { Logger } from 'pino';
import { type Connections, createRoles, knownMigrations, runProgram, withClient } from '../database/index.ts';
import type { ManagerConfig } from '../manager.ts';
import { DUMP, failedBackup, KEY, MANIFEST, type Manifest, manifestSchema, runTar } from './archive.ts';
import { programEnvironment, readMigrations, withConnections } from './database-access.ts';

export async function restoreBackup(config: ManagerConfig, file: string, log: Logger): Promise<void> {
  const source = resolve(file);
  if (!existsSync(source)) throw failedBackup(`The file ${source} does not exist.`);
  const { paths } = config;
  mkdirSync(paths.state, { recursive: true, mode: 0o711 });
  const staging = mkdtempSync(join(paths.state, 'restore-'));
  try {
    await runTar(['-xf', source, '-C', staging, '--no-same-owner']);
    const manifest = readManifest(staging);
    requireKnownSchema(manifest);
    requireSameKey(paths.keyFile, join(staging, KEY));
    const where = config.databaseUrl === null ? paths.postgresData : 'DATABASE_URL';
    await withConnections(config, (connections) => restoreDatabase(connections, join(staging, DUMP), where));
    mkdirSync(dirname(paths.keyFile), { recursive: true, mode: 0o700 });
    cpSync(join(staging, KEY), paths.keyFile);
    chmodSync(paths.keyFile, 0o600);
    log.info({ file: source, createdAt: manifest.createdAt }, 'the backup was restored');
  } finally {
    rmSync(staging, { recursive: true, force: true });
  }
}

function readManifest(staging: string): Manifest {
  try {
    return manifestSchema.parse(JSON.parse(readFileSync(join(staging, MANIFEST), 'utf8')));
  } catch (cause) {
    throw failedBackup('This file is not a backup of a manager.', cause);
  }
}

function requireKnownSchema({ migrations, version }: Manifest): void {
  const strange = migrations.filter((name) => !knownMigrations().includes(name));
  if (strange.length > 0)
    throw new LazaretError(
      'database.newer_schema',
      `The backup is from version ${version} and contains migrations that this version does not know: ${strange.join(', ')}.`,
    );
}

/** A restore that was cut off may have put the key there already; another key belongs to another installation. */
function requireSameKey(keyFile: string, restored: string): void {
  if (existsSync(keyFile) && !readFileSync(keyFile).equals(readFileSync(restored)))
    throw failedBackup(
      `There is already an installation, with another key in ${keyFile}. Move its state folder away first.`,
    );
}

async function restoreDatabase(connections: Connections, dump: string, where: string): Promise<void> {
  await withClient(connections.owner, async (client) => {
    if ((await readMigrations(client)) !== null)
      throw new LazaretError(
        'manager.backup',
        'The database is not empty. Move the old state folder away first, or use an empty database.',
        { where },
      );
    await createRoles(client);
  });
  const environment = programEnvironment(connections);
  const argv = ['--exit-on-error', '--single-transaction', `--dbname=${environment['PGDATABASE'] ?? ''}`, dump];
  await runProgram('pg_restore', argv, null, environment);
}
