// SPDX-License-Identifier: Apache-2.0
// Error codes: The manager, its API and its database.
import type { ErrorCodeEntry } from './entry.ts';

export const MANAGER_CODES = {
  'console.unreachable': {
    summary: 'The page gets no answer from the manager.',
    whatToDo: 'It tries again by itself. If it stays so, look whether the manager runs, and at what lies between.',
  },
  'api.unauthenticated': {
    summary: 'Nobody is signed in, or the session or token is over.',
    whatToDo: 'Sign in again, or send a valid token as `Authorization: Bearer …`.',
    httpStatus: 401,
  },
  'api.forbidden': {
    summary: 'The signed-in person or token has not the right that this needs.',
    whatToDo: 'The message names who has it: ask one of them.',
    httpStatus: 403,
  },
  'api.cross_site': {
    summary: 'A changing request came by a session without the header that only our own page sends.',
    whatToDo: 'Send `X-Lazaret-Request: 1`, or use an API token.',
    httpStatus: 403,
  },
  'api.consent_required': {
    summary: 'The provider has no consent of this tenant, so its data stay closed.',
    whatToDo: 'An admin of the tenant can give one, for a time, on the page "Provider access".',
    httpStatus: 403,
  },
  'api.tenant_suspended': {
    summary: 'The provider has suspended this tenant.',
    whatToDo: 'Talk to the provider. Agents go on protecting meanwhile.',
    httpStatus: 403,
  },
  'auth.failed': {
    summary: 'E-mail, password or code are not right. Which of them is not told.',
    whatToDo:
      'Try again; after ten failures within 15 minutes this browser or address waits for 15 minutes. A lost authenticator: `lazaret-manager remove-authenticator` on the machine.',
    httpStatus: 401,
  },
  'auth.locked': {
    summary: 'Too many failures at this account: this browser or address waits.',
    whatToDo: 'Try again after the time that the message names.',
    httpStatus: 429,
  },
  'api.too_many': {
    summary: 'Too many requests from one address, of one person, or of one tenant.',
    whatToDo: 'Try again after the time that the header `retry-after` names.',
    httpStatus: 429,
  },
  'api.too_many_streams': {
    summary: 'Too many streams of live events are open: of this person, of the tenant, or of all.',
    whatToDo: 'Close pages, or end programs that listen; the page fetches by itself meanwhile.',
    httpStatus: 503,
  },
  'auth.busy': {
    summary: 'Too many sign-ins at once.',
    whatToDo: 'Try again in a few seconds.',
    httpStatus: 429,
  },
  'auth.totp_required': {
    summary: 'The password is right; this account also asks for a code of its authenticator.',
    whatToDo: 'Sign in again with the code in `totp`.',
    httpStatus: 401,
  },
  'auth.totp_not_started': {
    summary: 'There is no new authenticator to confirm.',
    whatToDo: 'Begin with POST /api/v1/me/totp, then confirm with a code.',
    httpStatus: 409,
  },
  'auth.password_weak': {
    summary: 'The password is too short or too easily guessed.',
    whatToDo: 'Take one of at least 12 characters that is not your e-mail address.',
    httpStatus: 400,
  },
  'auth.setup_done': {
    summary: 'This installation has been set up already.',
    whatToDo:
      'Sign in. A forgotten password is reset by another admin, or on the machine by `lazaret-manager reset-password`.',
    httpStatus: 409,
  },
  'auth.link_invalid': {
    summary: 'The one-time link is wrong, used up, too old, or not in force any more.',
    whatToDo:
      'Ask for a new one. It ends when the account joins or leaves a tenant or changes its role, or when who made it loses the right; a link of one tenant opens no account that also belongs to another. For the first set-up, start the manager again and take the link from its log.',
    httpStatus: 403,
  },
  'api.not_found': {
    summary: 'There is no such thing, or it is not for you to know.',
    whatToDo: 'Check the address; lists show what there is.',
    httpStatus: 404,
  },
  'api.invalid': {
    summary: 'The request has not the form that the API document names.',
    whatToDo: 'Each fault names its place; `/api/v1/openapi.json` has the form.',
    httpStatus: 400,
  },
  'api.conflict': {
    summary: 'It cannot be done as things stand: it exists already, is in use, or was changed meanwhile.',
    whatToDo: 'The message says what is in the way. Load again, and repeat if it is still wanted.',
    httpStatus: 409,
  },
  'api.too_large': {
    summary: 'The request is larger than this route takes.',
    whatToDo: 'Send less at once.',
    httpStatus: 413,
  },
  'api.unsupported_media_type': {
    summary: 'The request is of a content type that this route does not read.',
    whatToDo: 'Send JSON as `Content-Type: application/json`.',
    httpStatus: 415,
  },
  'api.internal': {
    summary: 'A fault of Lazaret itself.',
    whatToDo: 'Report it with the id in the header `x-request-id`; the log has more under it. Nothing was changed.',
    httpStatus: 500,
  },
  'manager.tls_required': {
    summary: 'The console would be served over plain HTTP on an address that others reach.',
    whatToDo: 'Give --tls-key and --tls-certificate, or listen on 127.0.0.1 behind a proxy of yours.',
  },
  'manager.usage': {
    summary: 'The command line of the manager was not understood.',
    whatToDo: 'See `lazaret-manager --help`.',
  },
  'manager.no_account': {
    summary: 'No account of this manager has this e-mail address.',
    whatToDo: 'Look for a slip. The console lists the accounts under Settings › Users.',
  },
  'manager.system': {
    summary: 'The operating system refused something that the manager needs.',
    whatToDo:
      'The message names it: a port that another program has, a host name that nobody knows, a file that is not there, or one that the manager may not open.',
  },
  'manager.backup': {
    summary: 'A backup could not be made or put back.',
    whatToDo: 'The message says why. Nothing of the running installation was changed.',
  },
  'database.unavailable': {
    summary: 'The database does not answer.',
    whatToDo:
      'Look whether PostgreSQL runs and DATABASE_URL is right. A manager that runs goes on by itself as soon as the database answers; one that could not start is to be started again.',
    httpStatus: 503,
  },
  'database.programs_missing': {
    summary: 'The programs of PostgreSQL 15 are not installed.',
    whatToDo: 'Install the package `postgresql-15`, or set DATABASE_URL to a server of your own.',
  },
  'database.not_started': {
    summary: "The manager's own PostgreSQL did not start.",
    whatToDo: 'The message names its log. A full disk and a changed owner of the data directory are the usual causes.',
  },
  'database.newer_schema': {
    summary: 'The database was migrated by a newer version of the manager.',
    whatToDo: 'Run that version or a newer one; to go back, restore the backup from before the upgrade.',
  },
  'database.rights_missing': {
    summary: 'The user of DATABASE_URL may not create the roles or schemas that the manager needs.',
    whatToDo: 'Give it CREATEROLE, and CREATE on the database.',
  },
  'keys.damaged': {
    summary: 'A sealed secret cannot be opened with the key file of this installation.',
    whatToDo: 'Put back the key file that belongs to this database; every backup has it.',
  },
  'notify.webhook_failed': {
    summary: 'A webhook did not take a message.',
    whatToDo:
      'The message says why. Webhooks need https and a public address, and must answer 2xx within 15 seconds; it is tried again for three days.',
  },
  'quarantine.not_yours': {
    summary:
      'A file from quarantine is handed out in the session in which its order was confirmed by a password, and nowhere else.',
    whatToDo: 'Order the file again, with your password. After you signed out and in, you order it anew, too.',
    httpStatus: 403,
  },
  'quarantine.downloads_off': {
    summary: 'The tenant has switched off downloads from quarantine.',
    whatToDo: 'An admin of the tenant can switch them on: Settings › Quarantine.',
    httpStatus: 403,
  },
} as const satisfies Record<string, ErrorCodeEntry>;
