// SPDX-License-Identifier: Apache-2.0
// The border between the agent and the operating system: what the agent asks of files, mounts, processes, the machine, sockets and the gate. The agent names
// no path of the system and no native part; it asks here. `ports` says what a system must be able to do, and one folder has one system. Linux is the only one
// so far, and this is the place that chooses it.
import type { OperatingSystem } from '@lazaret/core';
import { LINUX_HOST } from './linux/linux-host.ts';
import type { Host } from './ports/host.ts';

export * from './linux/index.ts';
export * from './ports/index.ts';

/** The system that the agent was built for. */
export const HOST_SYSTEM: OperatingSystem = 'linux';

/** Behind the ports. Taken in where the agent is put together, and handed on from there. */
export const HOST: Host = LINUX_HOST;
