// SPDX-License-Identifier: Apache-2.0
export { openAgent, openAgentState, type Agent, type AgentOptions, type AgentState } from './open-agent.ts';
export { scanService } from './scan-service.ts';
