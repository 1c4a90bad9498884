// SPDX-License-Identifier: Apache-2.0
import type { AlarmMessage, DetectionMessage } from '../message.ts';
import type { Texts } from './texts.ts';

const EVENTS: Readonly<Record<DetectionMessage['event'], readonly [head: string, what: string]>> = {
  detected: ['検出', '感染ファイルを検出しました。ポリシーの設定により、ファイルはそのまま残っています。'],
  'secondary-failed': [
    '処理失敗',
    '感染ファイルを検出しました。ポリシーの処理も隔離も失敗し、ファイルは残っています。',
  ],
  'copy-failed': ['隔離失敗', '感染ファイルを検出しましたが、隔離フォルダへのコピーに失敗し、ファイルは残っています。'],
  'original-not-deleted': [
    '元ファイル削除失敗',
    '感染ファイルを隔離フォルダへコピーしましたが、元ファイルを削除できず、残っています。',
  ],
};

const ALARMS: Readonly<Record<string, string>> = {
  'never-activated': '未有効化(エージェントから一度も接続がありません)',
  'not-protected-yet': '未保護(パターンファイルがありません)',
  offline: 'オフライン',
  'silent-site': '拠点全体が応答なし',
  'agent-stopped': 'エージェント停止',
  'protection-off': '保護停止',
  degraded: '機能制限(リアルタイム検索)',
  'patterns-old': 'パターンファイルが古い',
  'patterns-refused': '最新のパターンファイルを適用できず、以前のもので保護しています',
  'policy-not-applied': 'ポリシー未適用',
  'clock-off': '時刻のずれ',
  'disk-full': 'ディスク空き容量不足',
  'vault-nearly-full': '隔離フォルダの空き容量不足',
  'quarantine-brake': '隔離件数の上限に達したため処置を停止中（VM上での確認が必要）',
  'other-anti-virus': '他のウイルス対策ソフト',
  'scan-incomplete': '予約検索が時間内に完了していません',
  'certificate-copied': '証明書の複製が他の場所で使われています',
  'clone-pending': '複製された VM(承認待ち)',
};

function alarmSubject({ alarm, vm, site, vmCount, cleared }: AlarmMessage): string {
  const who = vm ?? `拠点 ${site ?? ''}(VM ${vmCount}台)`;
  return `${cleared ? '自動解消: ' : ''}${who}: ${ALARMS[alarm] ?? alarm}`;
}

export const japanese: Texts = {
  detection: (message) => {
    const [head, what] = EVENTS[message.event];
    const repeated = message.kind === 'summary' ? `(ほか${message.repeats}回)` : '';
    return { subject: `${head}: ${message.vm} で ${message.threat}${repeated}`, what };
  },
  repeats: (count, from, to) =>
    `同じファイルが ${from} から ${to} の間にさらに${count}回検出されました。すべての記録はログにあります。`,
  alarm: (message) => ({
    subject: alarmSubject(message),
    what: message.cleared ? '原因は解消しました。対応は不要です。' : `${alarmSubject(message)}。`,
  }),
  notice: ({ notice, title }) =>
    ({
      planned: `計画メンテナンス: ${title}`,
      urgent: `緊急メンテナンス: ${title}`,
      ended: `メンテナンス終了: ${title}`,
    })[notice],
  test: (by) => ({ subject: 'テストメール', what: `${by} が送信したテストです。通知はこの宛先に届きます。` }),
  actions: { delete: '削除', clean: '駆除', pass: '放置', deny: 'アクセス拒否', quarantine: '隔離' },
  words: {
    vm: 'VM',
    file: 'ファイル',
    threat: '脅威',
    action: '処理',
    time: '時刻',
    since: '開始',
    period: '期間',
    more: '詳細',
    footer: (tenant) => `Lazaret(${tenant})。送信先の変更: 設定 › 連絡先`,
  },
};
