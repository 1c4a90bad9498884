// SPDX-License-Identifier: Apache-2.0
// The agent's parts, put together: the daemon and a scan in the foreground open the same.
export { activateHere, type ActivationOrder } from './activate-here.ts';
export { readLogLevel, readOptions, type LogLevel } from './arguments.ts';
export { clamdDependencies } from './clamd-dependencies.ts';
export { controlMethods } from './control-methods.ts';
export {
  openAgent,
  openAgentSpool,
  openAgentState,
  type Agent,
  type AgentOptions,
  type AgentState,
} from './open-agent.ts';
export { openAgentRealtime } from './open-realtime.ts';
export { realtimeLines, type RealtimeLines } from './realtime-lines.ts';
export { runRealtime, type ForegroundOptions } from './run-realtime.ts';
export { scanService } from './scan-service.ts';
export { readStatus } from './status.ts';
export { lastLook, type UpdateOutcome, updateNow } from './update-now.ts';
