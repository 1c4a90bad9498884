// SPDX-License-Identifier: Apache-2.0
// The border between the agent and the operating system: what the agent asks of files, mounts, processes, the machine, sockets and the gate. The agent names
// no path of the system and no native part; it asks here. One folder per system. Linux is the only one so far, and this is the place that chooses it.
import type { OperatingSystem } from '@lazaret/core';

export * from './linux/index.ts';

/** The system that the agent was built for. */
export const HOST_SYSTEM: OperatingSystem = 'linux';
