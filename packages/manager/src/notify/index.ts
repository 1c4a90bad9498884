// SPDX-License-Identifier: Apache-2.0
export { keepDelivering } from './delivery.ts';
export { LANGUAGES, type Message } from './message.ts';
export {
  enqueue,
  forgetSettled,
  type OutboxContext,
  type ReadRecipients,
  type Recipients,
} from './outbox.ts';
export { type MailServer } from './send-mail.ts';
export { tellEvents } from './tell-events.ts';
