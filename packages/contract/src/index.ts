// SPDX-License-Identifier: Apache-2.0
export * from './canonical-json.ts';
export type { ContractFault, NotApplied } from './check.ts';
export * from './error-codes.ts';
export * from './events.ts';
export * from './gate/gate.ts';
export * from './identities.ts';
export * from './link/index.ts';
export * from './gate/opener.ts';
export * from './policy/policy-check.ts';
export * from './policy/policy-json-schema.ts';
export * from './policy/policy-schema.ts';
export * from './gate/realtime-lines.ts';
export * from './gate/realtime-report.ts';
export * from './rest/index.ts';
export * from './scan-rows.ts';
export * from './scanner.ts';
export * from './policy/schedule-schema.ts';
export { shapeWords } from './shape-message.ts';
