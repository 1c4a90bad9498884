// SPDX-License-Identifier: Apache-2.0
export { deliverAll, type DeliveryParts, keepDelivering } from './delivery.ts';
export { LANGUAGES, type Language, type Message } from './message.ts';
export {
  endWindows,
  enqueue,
  type OutboxContext,
  type ReadRecipients,
  type Recipients,
  tellDetection,
  type ToTell,
  type Topic,
} from './outbox.ts';
export { type MailSecurity, type MailServer, sendMail } from './send-mail.ts';
export { sendWebhook, signatureOf } from './send-webhook.ts';
export { tellEvents } from './tell-events.ts';
