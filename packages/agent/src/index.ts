// SPDX-License-Identifier: Apache-2.0
export { ceilingFile, readCeiling, writeCeiling, type CeilingView } from './ceiling/index.ts';
export { connectControl, type ControlClient } from './control/index.ts';
export * from './daemon/index.ts';
export { examineRoute, readOtherProducts, readSizeFacts, readSystemFacts, type RouteStep } from './doctor/index.ts';
export { identityStore } from './link/index.ts';
export { explainFile, type Explained } from './explain/index.ts';
export * from './policy/index.ts';
export * from './quarantine/index.ts';
export {
  exitCodeOf,
  isEmpty,
  requestKeyOf,
  shareDone,
  timeLeftMs,
  type Estimate,
  type RunProgress,
  SCHEDULED_REQUEST,
  scanRequestSchema,
  tryRunLock,
  type RunLock,
  type RunView,
  type ScanRequest,
  type Totals,
} from './scan/index.ts';
export type {
  Place,
  RealtimeDetection,
  RealtimeListener,
  RealtimeStats,
  RealtimeStatus,
} from './realtime/index.ts';
export { spoolReader } from './spool/index.ts';
export { ensurePrivatePlace } from './state/index.ts';
export { readReleaseTables, releaseStore, type Release } from './update/index.ts';
export {
  activateHere,
  openAgent,
  openAgentSpool,
  openAgentState,
  readLogLevel,
  readOptions,
  realtimeLines,
  runRealtime,
  scanService,
  type ActivationOrder,
  type Agent,
  type AgentOptions,
  type AgentState,
  type ForegroundOptions,
  type LogLevel,
  type RealtimeLines,
  type UpdateOutcome,
  updateNow,
} from './wiring/index.ts';
export { PRODUCT_VERSION } from '@lazaret/core';
export { realPath } from '@lazaret/host';
