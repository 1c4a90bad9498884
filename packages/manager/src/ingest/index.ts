// SPDX-License-Identifier: Apache-2.0
export { applyBatch, type Batch, type BatchApplied, lastSequence } from './apply-batch.ts';
export type { IngestContext, IngestHooks, Sender } from './context.ts';
export { applyVaultList } from './follow-quarantine.ts';
export { storable } from './storable.ts';
export { CHECK_IN_QUOTA, type EventQuota, eventQuota, LIST_QUOTA, START_QUOTA, type Quota } from './quota.ts';
