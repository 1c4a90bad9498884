// SPDX-License-Identifier: Apache-2.0
export {
  applyBatch,
  type Batch,
  type BatchApplied,
  type IngestContext,
  type IngestHooks,
  lastSequence,
  type Sender,
} from './apply-batch.ts';
export { applyVaultList } from './follow-quarantine.ts';
