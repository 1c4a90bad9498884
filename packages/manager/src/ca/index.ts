// SPDX-License-Identifier: Apache-2.0
export { type Authorities, openAuthorities } from './authorities.ts';
export {
  type KeyedCertificate,
  makeManagerCertificate,
  signAgentRequest,
} from './certificates.ts';
