// SPDX-License-Identifier: Apache-2.0
// Error codes: The manager, its API and its database.
import type { ErrorCodeEntry } from './entry.ts';

export const MANAGER_CODES = {
  'console.unreachable': {
    summary: 'The manager does not answer.',
    whatToDo:
      'The page tries again by itself. If the problem continues, check whether the manager is running, and check the network and proxies in between.',
  },
  'api.unauthenticated': {
    summary: 'Nobody is signed in, or the session or the token has expired.',
    whatToDo: 'Sign in again, or send a valid token as `Authorization: Bearer …`.',
    httpStatus: 401,
  },
  'api.forbidden': {
    summary: 'The signed-in user or the token does not have the right that this request needs.',
    whatToDo: 'The message names the roles that have this right. Ask somebody with such a role.',
    httpStatus: 403,
  },
  'api.cross_site': {
    summary: 'A request that changes something used a session, but did not have the header that the console sends.',
    whatToDo: 'Send `X-Lazaret-Request: 1`, or use an API token.',
    httpStatus: 403,
  },
  'api.consent_required': {
    summary: 'The tenant has not given the provider access to its data.',
    whatToDo: 'An admin of the tenant can give access for a limited time on the page "Provider access".',
    httpStatus: 403,
  },
  'api.tenant_suspended': {
    summary: 'The provider has suspended this tenant.',
    whatToDo: 'Contact the provider. The agents continue to protect their VMs.',
    httpStatus: 403,
  },
  'auth.failed': {
    summary: 'The e-mail address, the password or the code is wrong. For security, the message does not say which.',
    whatToDo:
      'Try again. After ten failures within 15 minutes, this browser or address must wait 15 minutes. If the authenticator is lost, run `lazaret-manager remove-authenticator` on the manager.',
    httpStatus: 401,
  },
  'auth.locked': {
    summary: 'There were too many failed sign-ins to this account. This browser or address must wait.',
    whatToDo: 'Try again after the time that the message names.',
    httpStatus: 429,
  },
  'api.too_many': {
    summary: 'There were too many requests from one address, one user or one tenant.',
    whatToDo: 'Try again after the time that the header `retry-after` names.',
    httpStatus: 429,
  },
  'api.too_many_streams': {
    summary: 'Too many streams of live events are open for this user, for the tenant, or for the whole manager.',
    whatToDo: 'Close some pages, or end programs that listen. Until then, the page reloads its data by itself.',
    httpStatus: 503,
  },
  'auth.busy': {
    summary: 'Too many users are signing in at the same time.',
    whatToDo: 'Try again in a few seconds.',
    httpStatus: 429,
  },
  'auth.totp_required': {
    summary: 'The password is right. This account also needs a code from its authenticator.',
    whatToDo: 'Sign in again with the code in `totp`.',
    httpStatus: 401,
  },
  'auth.totp_not_started': {
    summary: 'There is no new authenticator to confirm.',
    whatToDo: 'Start with POST /api/v1/me/totp, then confirm with a code.',
    httpStatus: 409,
  },
  'auth.password_weak': {
    summary: 'The password is too short or too easy to guess.',
    whatToDo: 'Use at least 12 characters, and do not use your e-mail address.',
    httpStatus: 400,
  },
  'auth.setup_done': {
    summary: 'This installation is already set up.',
    whatToDo:
      'Sign in. If you forgot the password, another admin can reset it, or run `lazaret-manager reset-password` on the manager.',
    httpStatus: 409,
  },
  'auth.link_invalid': {
    summary: 'The one-time link is wrong, already used, expired, or no longer valid.',
    whatToDo:
      'Ask for a new link. A link becomes invalid when the account joins or leaves a tenant or changes its role, or when the creator of the link loses the right to create it. A link from one tenant does not work for an account that also belongs to another tenant. For the first set-up, start the manager again and take the link from its log.',
    httpStatus: 403,
  },
  'api.not_found': {
    summary: 'This does not exist, or you have no access to it.',
    whatToDo: 'Check the address or the id. The lists show everything that you have access to.',
    httpStatus: 404,
  },
  'api.invalid': {
    summary: 'The request does not have the form that the API document describes.',
    whatToDo: 'The message names the place of each error. `/api/v1/openapi.json` describes the form.',
    httpStatus: 400,
  },
  'api.conflict': {
    summary:
      'The request conflicts with the current state: something already exists, is in use, or was changed by somebody else.',
    whatToDo: 'The message names the conflict. Load the data again, and repeat the request if you still need it.',
    httpStatus: 409,
  },
  'api.too_large': {
    summary: 'The request is larger than this route allows.',
    whatToDo: 'Send less at once.',
    httpStatus: 413,
  },
  'api.unsupported_media_type': {
    summary: 'This route does not accept the content type of the request.',
    whatToDo: 'Send JSON as `Content-Type: application/json`.',
    httpStatus: 415,
  },
  'api.internal': {
    summary: 'Lazaret has an internal error.',
    whatToDo:
      'Report it with the id in the header `x-request-id`. The log of the manager has details under this id. Nothing was changed.',
    httpStatus: 500,
  },
  'manager.tls_required': {
    summary: 'The console would be served over plain HTTP on an address that other machines can reach.',
    whatToDo: 'Give --tls-key and --tls-certificate, or listen on 127.0.0.1 behind your own proxy.',
  },
  'manager.usage': {
    summary: 'The command line of the manager was not understood.',
    whatToDo: 'Run `lazaret-manager --help`.',
  },
  'manager.no_account': {
    summary: 'No account of this manager has this e-mail address.',
    whatToDo: 'Check the spelling. The console lists the accounts under Settings › Users.',
  },
  'manager.system': {
    summary: 'The operating system refused something that the manager needs.',
    whatToDo:
      'The message names it: a port that another program uses, an unknown host name, a missing file, or a file that the manager has no permission to open.',
  },
  'manager.backup': {
    summary: 'A backup could not be made or restored.',
    whatToDo: 'The message names the reason. The running installation was not changed.',
  },
  'database.unavailable': {
    summary: 'The database does not answer.',
    whatToDo:
      'Check that PostgreSQL is running and that DATABASE_URL is right. A running manager continues by itself as soon as the database answers. If the manager could not start, start it again.',
    httpStatus: 503,
  },
  'database.programs_missing': {
    summary: 'The programs of PostgreSQL 15 are not installed.',
    whatToDo: 'Install the package `postgresql-15`, or set DATABASE_URL to your own server.',
  },
  'database.not_started': {
    summary: "The manager's own PostgreSQL did not start.",
    whatToDo: 'The message names its log. The usual causes are a full disk and a changed owner of the data directory.',
  },
  'database.newer_schema': {
    summary: 'The database was migrated by a newer version of the manager.',
    whatToDo: 'Run that version or a newer one. To go back, restore a backup from before the upgrade.',
  },
  'database.rights_missing': {
    summary: 'The user of DATABASE_URL has no permission to create the roles or schemas that the manager needs.',
    whatToDo: 'Give this user CREATEROLE, and CREATE on the database.',
  },
  'keys.damaged': {
    summary: 'The key file of this installation cannot decrypt a stored secret.',
    whatToDo: 'Restore the key file that belongs to this database. Every backup contains it.',
  },
  'notify.webhook_failed': {
    summary: 'A webhook did not accept a message.',
    whatToDo:
      'The message names the reason. A webhook needs https and a public address, and must answer 2xx within 15 seconds. The manager tries again for three days.',
  },
  'quarantine.not_yours': {
    summary:
      'A quarantined file can be downloaded only in the session in which its download was confirmed with a password.',
    whatToDo:
      'Order the download again and confirm it with your password. This is also needed after you sign out and in again.',
    httpStatus: 403,
  },
  'quarantine.downloads_off': {
    summary: 'Downloads from quarantine are switched off in this tenant.',
    whatToDo: 'An admin of the tenant can switch them on under Settings › Quarantine.',
    httpStatus: 403,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
