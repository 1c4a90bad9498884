// SPDX-License-Identifier: Apache-2.0
export { type EnrolmentOptions, registerEnrolmentRoutes } from './routes.ts';
export { isSecretOf, takeToken } from './take-token.ts';
export { createToken, type EnrolmentPlace, hoursFrom, type NewToken } from './tokens.ts';
