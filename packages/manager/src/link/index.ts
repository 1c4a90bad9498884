// SPDX-License-Identifier: Apache-2.0
export type { CheckInContext, CheckInHook } from './check-in.ts';
export { LINK_GATES } from './link-routes.ts';
export { type LinkServer, type LinkServerOptions, startLinkServer } from './link-server.ts';
export { readUpload } from './uploads.ts';
