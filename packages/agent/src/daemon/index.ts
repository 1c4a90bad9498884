// SPDX-License-Identifier: Apache-2.0
export { activateHere, type ActivationOrder } from './activate-here.ts';
export { PRODUCT_VERSION } from './clamd-dependencies.ts';
export { readLogLevel, readOptions, type LogLevel } from './arguments.ts';
export {
  openAgent,
  openAgentState,
  openAgentSpool,
  type Agent,
  type AgentOptions,
  type AgentState,
} from './open-agent.ts';
export { runDaemon, type DaemonOptions } from './run-daemon.ts';
export { scanService } from './scan-service.ts';
export { updateNow, type UpdateOutcome } from './update-now.ts';
export { runRealtime, type ForegroundOptions } from './run-realtime.ts';
export { realtimeLines, type RealtimeLines } from './realtime-lines.ts';
