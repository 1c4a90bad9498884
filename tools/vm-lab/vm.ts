// SPDX-License-Identifier: Apache-2.0
// A VM for one test: Debian with systemd and this checkout's product, woken up a few seconds after it was asked for, on a disk of its own.
// Owns QEMU's process, its disk and its sockets, which end with the test. What it printed on its console and what was run in it stays in .build/vm-lab.
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { CACHE, makeOverlay } from './image.ts';
import { prepared, type Prepared } from './prepare.ts';
import { productDisk } from './product-disk.ts';
import { startQemu, type Qemu } from './qemu.ts';
import { isObject } from './json-lines.ts';
import type { JsonLink } from './json-link.ts';
import type { Ran, RunChoices } from './guest.ts';

export type { Ran, RunChoices } from './guest.ts';

/** Where the product lies in the VM. */
export const PRODUCT = '/opt/lazaret';

export interface Vm {
  /** A bash script, as root. What is to outlive it is started by systemd-run. */
  readonly run: (script: string, choices?: RunChoices) => Promise<Ran>;
  /** The same of one that must succeed; what it printed. */
  readonly shell: (script: string, choices?: RunChoices) => Promise<string>;
  readonly copyIn: (bytes: Buffer, path: string) => Promise<void>;
  /** Resolves when it is there again. */
  readonly reboot: () => Promise<void>;
  /** The plug is pulled: what was not on the disk is lost. Then it boots. */
  readonly powerCut: () => Promise<void>;
  readonly close: () => Promise<void>;
}

export interface VmChoices {
  /** Names its files in .build/vm-lab. */
  readonly name: string;
  readonly memoryMb?: number;
}

interface Test {
  after(work: () => void | Promise<void>): void;
}

export const MEMORY_MB = 512;
const LOGS = join(import.meta.dirname, '../../.build/vm-lab');
const WAKE_MS = 120_000;
const BOOT_MS = 600_000;
const MONITOR_MS = 60_000;

export async function startVm(test: Test, { name, memoryMb = MEMORY_MB }: VmChoices): Promise<Vm> {
  const { image, asleep } = await prepared(memoryMb);
  mkdirSync(LOGS, { recursive: true });
  const [console, log] = ['console', 'log'].map((kind) => join(LOGS, `${name}.${kind}`)) as [string, string];
  for (const file of [console, log]) writeFileSync(file, '');
  const place = mkdtempSync(join(CACHE, 'vm-'));
  const disk = join(place, 'disk.qcow2');
  const boot = { image, memoryMb, place, disk, console };
  const vm = new RunningVm(boot, log);
  test.after(() => vm.close());
  makeOverlay(disk, asleep.disk, 'qcow2');
  await vm.wake(asleep);
  return vm;
}

type Boot = Omit<Parameters<typeof startQemu>[0], 'asleep'>;

class RunningVm implements Vm {
  readonly #boot: Boot;
  readonly #log: string;
  #qemu: Qemu | null = null;

  constructor(boot: Boot, log: string) {
    this.#boot = boot;
    this.#log = log;
  }

  async wake(asleep: Prepared['asleep']): Promise<void> {
    this.#qemu = await startQemu({ ...this.#boot, asleep: asleep.memory });
    await goOn(this.#qemu.monitor);
    await this.#qemu.guest.answers(WAKE_MS);
    await this.#qemu.guest.setTime(Date.now());
    await this.#plugProduct();
  }

  async run(script: string, choices: RunChoices = {}): Promise<Ran> {
    const startedAt = performance.now();
    appendFileSync(this.#log, `# ${script}\n`);
    const ran = await this.#running.guest.run(script, choices);
    const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);
    appendFileSync(this.#log, `${ran.stdout}${ran.stderr}# code ${ran.code} after ${seconds} s\n\n`);
    return ran;
  }

  async shell(script: string, choices: RunChoices = {}): Promise<string> {
    const { code, stdout, stderr } = await this.run(`set -e\n${script}`, choices);
    if (code !== 0) throw new Error(`${script}\nended with ${code}: ${stdout} ${stderr}`);
    return stdout;
  }

  copyIn(bytes: Buffer, path: string): Promise<void> {
    return this.#running.guest.copyIn(bytes, path);
  }

  async reboot(): Promise<void> {
    const { guest, monitor } = this.#running;
    const down = monitor.event('RESET');
    // Its answer may be lost when the agent goes down.
    await Promise.race([down, guest.run('systemctl --no-block reboot').then(() => down)]);
    await guest.answers(BOOT_MS);
    await this.#mountProduct();
  }

  async powerCut(): Promise<void> {
    await this.#running.kill();
    this.#qemu = await startQemu(this.#boot);
    await this.#qemu.guest.answers(BOOT_MS);
    await this.#plugProduct();
  }

  async close(): Promise<void> {
    await this.#qemu?.kill();
    rmSync(this.#boot.place, { recursive: true, force: true });
  }

  get #running(): Qemu {
    if (this.#qemu === null) throw new Error('the VM does not run');
    return this.#qemu;
  }

  /** Plugged in only now: a VM that is asleep knows nothing of a checkout. What is written there – Node keeps what it compiled – is gone with the VM. */
  async #plugProduct(): Promise<void> {
    const { monitor } = this.#running;
    const overlay = join(this.#boot.place, 'product.qcow2');
    if (!existsSync(overlay)) makeOverlay(overlay, productDisk(), 'raw');
    const file = { driver: 'file', filename: overlay };
    await monitor.request('blockdev-add', { 'node-name': 'product', driver: 'qcow2', file }, MONITOR_MS);
    await monitor.request('device_add', { driver: 'virtio-blk-pci', drive: 'product', id: 'product' }, MONITOR_MS);
    await this.#mountProduct();
  }

  async #mountProduct(): Promise<void> {
    await this.shell(`mkdir -p ${PRODUCT}
      for look in $(seq 300); do [ ! -e /dev/disk/by-label/lazaret ] || break; sleep 0.1; done
      mount LABEL=lazaret ${PRODUCT}`);
  }
}

/** It sleeps on when it is told before all of its memory is there. */
async function goOn(monitor: JsonLink): Promise<void> {
  for (;;) {
    const state = await monitor.request('query-status', {}, MONITOR_MS);
    if (isObject(state) && state['status'] !== 'inmigrate') break;
    await sleep(20);
  }
  await monitor.request('cont', {}, MONITOR_MS);
}
