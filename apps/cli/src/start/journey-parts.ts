// SPDX-License-Identifier: Apache-2.0
// What the journey of ./start goes with.
import type { ControlClient } from '@lazaret/agent';
import type { DemoChoices } from './demo-policy.ts';
import type { Tenant } from './first-run.ts';
import type { Mailbox } from './mailbox.ts';

export interface JourneyParts {
  readonly tenant: Tenant;
  readonly agent: ControlClient;
  readonly mailbox: Mailbox;
  readonly demo: string;
  /** Why real-time is left out; null where it is shown. */
  readonly noRealtime: string | null;
  /** The demo's policy with these choices. */
  readonly policyWith: (choices: DemoChoices) => unknown;
  readonly say: (line: string) => void;
}
