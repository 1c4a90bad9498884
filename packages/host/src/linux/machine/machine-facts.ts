// SPDX-License-Identifier: Apache-2.0
// What the manager is told of this machine. Read anew at each check-in: an address may have changed (MG-1b).
import { randomUUID } from 'node:crypto';
import { readFileSync, statfsSync } from 'node:fs';
import { hostname, machine, networkInterfaces, release, totalmem } from 'node:os';
import type { Holder, Machine } from '@lazaret/contract';

const ADDRESSES_MAX = 64;

/** Of this start of the agent: two starts that come alternately are two holders of one key (SY-10b). */
let instance = randomUUID();

/** Where the whole machine was copied with this process in it, both call as one instance. */
export function takeNewInstance(): void {
  instance = randomUUID();
}

export function readHolder(): Holder {
  return {
    instance,
    bootId: readText('/proc/sys/kernel/random/boot_id') ?? instance,
    machineId: readText('/etc/machine-id'),
    hardwareId: readText('/sys/class/dmi/id/product_uuid')?.toLowerCase() ?? null,
  };
}

export function readMachine(agentVersion: string): Machine {
  return {
    hostname: hostname().slice(0, 256),
    operatingSystem: readSystemName().slice(0, 256),
    kernel: release().slice(0, 256),
    architecture: machine(),
    agentVersion,
    addresses: readAddresses(),
    memoryBytes: totalmem(),
  };
}

export function readDisk(directory: string): { readonly freeBytes: number; readonly totalBytes: number } {
  const { bavail, blocks, bsize } = statfsSync(directory);
  return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
}

/** Without loopback; without link-local ones, which nobody else can use. */
function readAddresses(): string[] {
  return Object.values(networkInterfaces())
    .flatMap((list) => list ?? [])
    .filter(({ internal, address }) => !internal && !address.toLowerCase().startsWith('fe80:'))
    .map(({ address }) => address)
    .slice(0, ADDRESSES_MAX);
}

function readSystemName(): string {
  const text = readText('/etc/os-release') ?? '';
  return /^PRETTY_NAME="?([^"\n]*)"?$/m.exec(text)?.[1] ?? 'Linux';
}

/** Whether the system's own time service says that it keeps to the network's time; null where none says. */
export function readClockSynchronised(): boolean | null {
  // systemd-timesyncd keeps this file once it has synchronised.
  if (readText('/run/systemd/timesync/synchronized') !== null) return true;
  return readText('/var/lib/systemd/timesync/clock') === null ? null : false;
}

function readText(path: string): string | null {
  try {
    return readFileSync(path, 'utf8').slice(0, 65_536).trim();
  } catch {
    return null;
  }
}
