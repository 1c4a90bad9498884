// SPDX-License-Identifier: Apache-2.0
// One process of QEMU: how it is called, and that it ends. It has no network; a serial port leads to the agent in the guest, another writes the console.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { JsonLink } from './json-link.ts';
import { Guest } from './guest.ts';
import type { Image } from './image.ts';
import { watchOver } from './watch.ts';

export interface Qemu {
  readonly guest: Guest;
  /** Its monitor. */
  readonly monitor: JsonLink;
  /** Pulls the plug. */
  readonly kill: () => Promise<void>;
  /** Resolves when it has ended by itself. */
  readonly ended: Promise<unknown>;
}

export interface Boot {
  readonly image: Image;
  readonly memoryMb: number;
  /** A directory of its own: sockets. */
  readonly place: string;
  readonly disk: string;
  readonly console: string;
  /** A VM that is asleep, to be woken up. Otherwise it boots. */
  readonly asleep?: string;
}

const CONNECT_MS = 60_000;
/** Whatever happens to the test, no VM lives longer. */
const VM_SECONDS_MAX = 45 * 60;

/**
 * KVM's device is there on some build machines and runs no guest: the processor is always emulated, so all have the same one. One without AVX and protection
 * keys: with `max`, programs in the VM died of segmentation faults of no cause of theirs.
 */
export const MACHINE: readonly string[] = [
  ['-machine', 'pc', '-accel', 'tcg,thread=multi', '-cpu', 'Westmere', '-smp', '2'],
  ['-nodefaults', '-no-user-config', '-display', 'none', '-nic', 'none', '-device', 'virtio-rng-pci'],
  ['-append', 'root=/dev/vda console=ttyS0 net.ifnames=0 mitigations=off'],
  ['-device', 'virtio-blk-pci,drive=root', '-device', 'virtio-serial-pci'],
  ['-device', 'virtserialport,chardev=guest,name=org.qemu.guest_agent.0'],
].flat();

function argumentsOf({ image, memoryMb, place, disk, console, asleep }: Boot): readonly string[] {
  return [
    MACHINE,
    ['-m', String(memoryMb), '-kernel', image.kernel, '-initrd', image.initrd],
    ['-drive', `file=${disk},if=none,id=root,format=qcow2`],
    ['-chardev', `file,id=console,path=${console},append=on`, '-serial', 'chardev:console'],
    ['-chardev', `socket,id=guest,path=${join(place, 'guest')},server=on,wait=off`],
    ['-qmp', `unix:${join(place, 'monitor')},server=on,wait=off`],
    asleep === undefined ? [] : ['-incoming', `exec:cat '${asleep}'`],
  ].flat();
}

export async function startQemu(boot: Boot): Promise<Qemu> {
  const child = spawn('qemu-system-x86_64', argumentsOf(boot), { stdio: ['ignore', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (complaint += chunk));
  const ended = once(child, 'close');
  const kill = async (): Promise<void> => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    await ended;
  };
  try {
    await once(child, 'spawn');
    watchOver({ pid: child.pid, place: boot.place, secondsMax: VM_SECONDS_MAX });
    const died = ended.then(() => Promise.reject(new Error(`QEMU has ended: ${complaint}`)));
    const monitor = await Promise.race([JsonLink.connect(join(boot.place, 'monitor'), CONNECT_MS), died]);
    const guest = new Guest(join(boot.place, 'guest'));
    died.catch(() => guest.leave());
    await monitor.request('qmp_capabilities', {}, CONNECT_MS);
    return { guest, monitor, kill, ended };
  } catch (error) {
    await kill();
    throw error;
  }
}
