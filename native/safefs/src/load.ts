// SPDX-License-Identifier: Apache-2.0
// Finds and loads the addon, once. A checkout has it in its own .build; an installed product names it in LAZARET_SAFEFS_ADDON.
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import type { NativeAddon } from './native.ts';

let loaded: NativeAddon | undefined;

export function addon(): NativeAddon {
  loaded ??= load();
  return loaded;
}

function load(): NativeAddon {
  const path =
    process.env['LAZARET_SAFEFS_ADDON'] ??
    fileURLToPath(new URL('../../../.build/native/addon/safefs.node', import.meta.url));
  try {
    return createRequire(import.meta.url)(path) as NativeAddon;
  } catch (cause) {
    throw Object.assign(
      new Error(`the safefs addon could not be loaded from ${path}: run make -C native/safefs`, { cause }),
      {
        code: 'safefs.not_loaded',
      },
    );
  }
}
