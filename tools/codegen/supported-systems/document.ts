// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { KERNEL_NEEDS, SUPPORTED_SYSTEMS } from '@lazaret/core';

export const DOCUMENT: string = join(import.meta.dirname, '../../../docs/reference/supported-systems.md');

export function formatSupportedSystems(): string {
  const systems = SUPPORTED_SYSTEMS.map(({ name, architecture }) => `| ${name} | ${architecture} |`);
  const needs = KERNEL_NEEDS.map(
    ({ version, what, required }) =>
      `| ${version.join('.')} | ${what} | ${required ? 'does not run' : 'runs, with a warning'} |`,
  );
  return `# Supported systems

Generated from packages/core/src/systems/supported.ts by \`node tools/codegen/supported-systems/main.ts\`; do not edit.

Supported means that \`./check\` has been green on it. Another Linux may work, but was not tested. \`lazaret doctor\` says what a machine is.

| system | architecture |
|---|---|
${systems.join('\n')}

| kernel from | for | older |
|---|---|---|
${needs.join('\n')}

There is no agent for Windows yet. Real-time scan needs fanotify permission events (CONFIG_FANOTIFY_ACCESS_PERMISSIONS); without them it falls back to notification, and its state says *degraded*.
`;
}
