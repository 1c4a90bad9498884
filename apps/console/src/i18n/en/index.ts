// SPDX-License-Identifier: Apache-2.0
import { common } from './common.ts';
import { findings } from './findings.ts';
import { policy } from './policy.ts';
import { provider } from './provider.ts';
import { realtime } from './realtime.ts';
import { settings } from './settings.ts';
import { state } from './state.ts';
import { vms } from './vms.ts';

export const en = { ...common, ...findings, ...policy, ...provider, ...realtime, ...settings, ...state, ...vms };
