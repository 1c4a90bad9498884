// SPDX-License-Identifier: Apache-2.0
export { type Authorities, type Authority, openAuthorities } from './authorities.ts';
export {
  type AgentSubject,
  fingerprintOf,
  type KeyedCertificate,
  makeManagerCertificate,
  signAgentRequest,
} from './certificates.ts';
