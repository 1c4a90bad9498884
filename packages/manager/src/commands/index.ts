// SPDX-License-Identifier: Apache-2.0
export { applyResult } from './apply-result.ts';
export { expireCommands, handOut, reopenSince } from './hand-out.ts';
export { type NewCommand, queueCommand } from './queue-command.ts';
export { type NewScan, queueScan, requireScannable } from './queue-scan.ts';
export { registerCommandRoutes } from './routes.ts';
export { withdrawCommandsOf, withdrawQueued } from './withdraw.ts';
