// SPDX-License-Identifier: Apache-2.0
// Every limit of the link in one place: both sides hold to the same numbers.

export const LINK_LIMITS = {
  /** The longest that a manager keeps a check-in waiting. */
  pollMsMax: 50_000,
  /** Answer of any other request; a check-in may take this much longer than its wait. */
  answerMsMax: 30_000,
  /** One check-in, one result, one command. */
  bodyBytesMax: 4 * 1024 * 1024,
  /** One batch of the spool. */
  batchBytesMax: 4 * 1024 * 1024,
  batchEventsMax: 1_000,
  /** Commands handed out in one answer. */
  commandsMax: 20,
  /** A quarantined file that is fetched. */
  uploadBytesMax: 256 * 1024 * 1024,
  /** Entries of a vault that are told in one list. */
  entriesMax: 10_000,
  /** Copies of one VM that wait to be accepted. */
  copiesMax: 256,
  policyBytesMax: 8 * 1024 * 1024,
} as const;

/** SY-6a: a clock that differs by more than this is warned of … */
export const CLOCK_WARNING_MS = 60_000;
/** … and by more than this the VM is not activated. */
export const CLOCK_REFUSED_MS = 86_400_000;

/** What every request of an activated agent carries: the `instance` of its holder. A copy of its key and certificate does not know it. */
export const INSTANCE_HEADER = 'lazaret-instance';

/** The name by which an agent knows a manager, wherever it stands: in every server certificate of the installation, and in no agent's. */
export const MANAGER_SERVER_NAME = 'manager.lazaret.internal';

/** SY-7: where an agent lets itself be knocked at. */
export const KNOCK_PORT = 4118;
export const LINK_PORT = 4120;
