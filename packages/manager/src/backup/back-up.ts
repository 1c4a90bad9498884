// SPDX-License-Identifier: Apache-2.0
// MG-8c: one command creates one backup file. A manager may run meanwhile, because the dump shows one consistent moment.
import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Logger } from 'pino';
import { type Connections, runProgram, withClient } from '../database/index.ts';
import type { ManagerConfig } from '../manager.ts';
import { DUMP, failedBackup, FORMAT, KEY, MANIFEST, type Manifest, runTar } from './archive.ts';
import { programEnvironment, readMigrations, withConnections } from './database-access.ts';

export async function backUp(config: ManagerConfig, file: string, log: Logger): Promise<void> {
  const target = resolve(file);
  const { paths } = config;
  if (!existsSync(paths.keyFile))
    throw failedBackup(`There is no installation in ${paths.state}: the key file is missing.`);
  const staging = mkdtempSync(join(paths.state, 'backup-'));
  const incoming = `${target}.${process.pid}.incoming`;
  try {
    await withConnections(config, async (connections) => {
      const migrations = await migrationsOf(connections);
      if (migrations === null) throw failedBackup('The database is empty.');
      const argv = ['--format=custom', '--compress=6', `--file=${join(staging, DUMP)}`];
      await runProgram('pg_dump', argv, null, programEnvironment(connections));
      writeManifest(staging, { migrations: [...migrations], version: config.version });
    });
    copyFileSync(paths.keyFile, join(staging, KEY));
    writeFileSync(incoming, '', { mode: 0o600, flag: 'wx' });
    await runTar(['-cf', incoming, '-C', staging, MANIFEST, DUMP, KEY]);
    renameSync(incoming, target);
    log.info({ file: target, bytes: statSync(target).size }, 'the backup was written');
  } finally {
    rmSync(staging, { recursive: true, force: true });
    rmSync(incoming, { force: true });
  }
}

async function migrationsOf({ owner }: Connections): Promise<readonly string[] | null> {
  return await withClient(owner, readMigrations);
}

function writeManifest(staging: string, { migrations, version }: Pick<Manifest, 'migrations' | 'version'>): void {
  const createdAt = new Date().toISOString();
  const manifest: Manifest = { product: 'lazaret-manager', format: FORMAT, version, createdAt, migrations };
  writeFileSync(join(staging, MANIFEST), `${JSON.stringify(manifest)}\n`);
}
