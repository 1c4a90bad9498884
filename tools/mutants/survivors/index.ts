// SPDX-License-Identifier: Apache-2.0
import { AGENT } from './agent.ts';
import { AGENT_STORES } from './agent-stores.ts';
import { CONSOLE } from './console.ts';
import { CONTRACT } from './contract.ts';
import { CORE } from './core.ts';
import { MANAGER } from './manager.ts';
import { PATTERNS } from './patterns.ts';
import type { Survivor } from './survivor.ts';

export type { Survivor } from './survivor.ts';

export const SURVIVORS: readonly Survivor[] = [
  ...CORE,
  ...CONTRACT,
  ...AGENT,
  ...AGENT_STORES,
  ...MANAGER,
  ...PATTERNS,
  ...CONSOLE,
];
