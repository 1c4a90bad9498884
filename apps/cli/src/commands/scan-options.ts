// SPDX-License-Identifier: Apache-2.0
// The options of `lazaret scan` as a request. Everything a person can get wrong is found here, before anything is begun.
import { lstatSync } from 'node:fs';
import { resolve } from 'node:path';
import { isNetworkPath, LazaretError } from '@lazaret/core';
import { loadPolicyFile, realPath, type ScanRequest } from '@lazaret/agent';

export interface ScanOptions {
  readonly policy?: string;
  readonly patterns?: string;
  readonly as: 'manual' | 'scheduled' | 'realtime';
  readonly action: ScanRequest['action'];
  readonly load?: 'low' | 'medium' | 'high';
  readonly all?: boolean;
  readonly quick?: boolean;
  readonly crossFileSystems?: boolean;
  readonly resume?: boolean;
  readonly allowEmpty?: boolean;
  readonly json?: boolean;
}

export function requestOf(paths: readonly string[], options: ScanOptions): ScanRequest {
  requireOneScope(paths, options);
  if (options.action === 'deny') {
    throw new LazaretError(
      'action.deny_needs_realtime',
      'Only real-time scan can deny access. Choose another action.',
      {
        where: '--action',
      },
    );
  }
  return {
    origin: 'manual',
    limitsOf: options.as,
    scope: scopeOf(paths, options.quick ?? false),
    action: options.action,
    policy: options.policy === undefined ? null : loadPolicyFile(options.policy).policy,
    patterns: options.patterns === undefined ? null : base64(existing(options.patterns)),
    crossFileSystems: options.crossFileSystems ?? false,
    load: options.load ?? null,
  };
}

/** Somebody who only tries the command must not start a scan of the whole VM. */
function requireOneScope(paths: readonly string[], { all = false, quick = false }: ScanOptions): void {
  const given = [paths.length > 0, all, quick].filter(Boolean).length;
  if (given === 1) return;
  const message =
    given === 0
      ? 'Nothing was selected to scan. Give paths, or --quick for the usual places of malware, or --all for the whole scope of the policy.'
      : 'Give only one of these: paths, --quick or --all. --quick scans its own set of places, and --all scans the scope of the policy.';
  throw new LazaretError('cli.usage', message, { where: quick ? '--quick' : all ? '--all' : '' });
}

function scopeOf(paths: readonly string[], quick: boolean): ScanRequest['scope'] {
  if (quick) return { kind: 'quick' };
  return paths.length === 0
    ? { kind: 'policy' }
    : { kind: 'paths', paths: [...new Set(paths.map((path) => base64(existing(path))))] };
}

/** The place itself, links followed. A path that is not there is an error: whoever named it believes that it is scanned. */
function existing(path: string): Buffer {
  if (isNetworkPath(path) && lstatSync(path, { throwIfNoEntry: false }) === undefined) {
    throw new LazaretError('targets.network', `"${path}" is a network drive. Lazaret never scans network drives.`, {
      where: path,
    });
  }
  // An empty one is a variable of a script that was not set: it must not mean the current directory.
  const real = path === '' ? null : realPath(resolve(path));
  if (real !== null) return real;
  throw new LazaretError('path.not_found', `${path === '' ? 'An empty path' : path} does not exist.`, { where: path });
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64');
}
