// SPDX-License-Identifier: Apache-2.0
// clamd's commands: which exist, in which form each is accepted, and which are allowed within IDSESSION.

const PATH_VERBS = ['CONTSCAN', 'MULTISCAN', 'ALLMATCHSCAN', 'SCAN'] as const;
const OTHER_VERBS = [
  'RELOAD',
  'PING',
  'VERSIONCOMMANDS',
  'VERSION',
  'END',
  'FILDES',
  'STATS',
  'IDSESSION',
  'INSTREAM',
  'DETSTATSCLEAR',
  'DETSTATS',
] as const;

export type PathVerb = (typeof PATH_VERBS)[number];
export type ClamdVerb = PathVerb | (typeof OTHER_VERBS)[number];

/** In clamd's order, for VERSIONCOMMANDS. Its QUIT and SHUTDOWN are not ours: no user ends everybody's scanner. */
export const COMMANDS =
  'SCAN RELOAD PING CONTSCAN VERSIONCOMMANDS VERSION END MULTISCAN FILDES STATS IDSESSION INSTREAM DETSTATSCLEAR DETSTATS ALLMATCHSCAN';

/** Are not taken in the old form, without `n` or `z`. */
const PREFIXED_ONLY: ReadonlySet<ClamdVerb> = new Set([
  'VERSIONCOMMANDS',
  'END',
  'STATS',
  'IDSESSION',
  'INSTREAM',
  'ALLMATCHSCAN',
]);

const WITHIN_SESSION: ReadonlySet<ClamdVerb | null> = new Set([
  'SCAN',
  'PING',
  'VERSIONCOMMANDS',
  'VERSION',
  'END',
  'FILDES',
  'STATS',
  'INSTREAM',
]);

export const isTakenWithinSession = (verb: ClamdVerb | null): boolean => WITHIN_SESSION.has(verb);

export const isPathVerb = (verb: ClamdVerb): verb is PathVerb => (PATH_VERBS as readonly string[]).includes(verb);

/** A word with a path is followed by one byte, whichever, and the path; the others stand alone. */
export function parseVerb(text: Buffer, prefixed: boolean): { verb: ClamdVerb | null; argument: Buffer } {
  const name = text.toString('latin1');
  const pathVerb = PATH_VERBS.find((verb) => name.startsWith(verb) && name.length > verb.length);
  const verb = pathVerb ?? OTHER_VERBS.find((other) => other === name);
  if (verb === undefined || (!prefixed && PREFIXED_ONLY.has(verb))) return { verb: null, argument: Buffer.alloc(0) };
  const argument = pathVerb === undefined ? Buffer.alloc(0) : Buffer.from(text.subarray(pathVerb.length + 1));
  return { verb, argument };
}
