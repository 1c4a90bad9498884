// SPDX-License-Identifier: Apache-2.0
// One detection: what, where, what was done in which order, by which rule, and what a person can do now.
import type { ActionStep, DetectionDetail } from '@lazaret/contract';
import { Code, Group, Stack, Text, Title } from '@mantine/core';
import { useParams } from '@tanstack/react-router';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useOne } from '../../api/list.ts';
import { useTenantId, useTenantPath } from '../../api/session.ts';
import { ButtonLink, TextLink } from '../../app/links.tsx';
import { formatBytes } from '../../i18n/format.ts';
import { useErrorText } from '../../i18n/error-text.ts';
import { useLanguage } from '../../i18n/use-language.ts';
import { Copy } from '../../parts/copy-button.tsx';
import { FactList } from '../../parts/text/fact-list.tsx';
import { FileName } from '../../parts/text/file-name.tsx';
import { hostileToText } from '../../parts/text/hostile.ts';
import { Moment } from '../../parts/text/moment.tsx';
import { Answer } from '../../parts/notes.tsx';
import { Page } from '../../parts/page.tsx';
import { RightButton } from '../../parts/right-button.tsx';
import { StateMark, ToneMark } from '../../parts/state-mark.tsx';
import { useFaultPlace } from '../../policy/fault-text.ts';
import { RestoreEntries } from '../quarantine/quarantine-restore.tsx';
import { DetectionOpener } from './detection-opener.tsx';
import { LeafList } from './leaf-list.tsx';
import { Name } from '../../parts/text/name.tsx';

export function DetectionDetailPage() {
  const { id = '' } = useParams({ strict: false });
  const path = useTenantPath();
  const query = useOne<DetectionDetail>('detections', path(`/detections/${id}`));
  return <Answer query={query}>{(detection) => <Content detection={detection} />}</Answer>;
}

function Content({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  return (
    <Page
      title={<Name text={detection.threat} />}
      name={hostileToText(detection.threat)}
      actions={<Actions detection={detection} />}
    >
      <Group gap="sm">
        <StateMark subject="result" state={detection.result} />
        <Text size="sm">{t(`detections.resultMeans.${detection.result}`)}</Text>
      </Group>
      <Where detection={detection} />
      <DetectionOpener detection={detection} />
      <Steps detection={detection} />
      <Rule detection={detection} />
      {detection.unscanned.length > 0 && (
        <section aria-labelledby="unscanned">
          <Title order={2} id="unscanned" mb="sm">
            {t('detections.unscanned')}
          </Title>
          <LeafList leaves={detection.unscanned} more={detection.unscannedLeftOut} />
        </section>
      )}
    </Page>
  );
}

function Actions({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const [restoring, setRestoring] = useState(false);
  const { quarantineEntry, sha256 } = detection;
  return (
    <>
      {quarantineEntry !== null && detection.result === 'quarantined' && (
        <RightButton right="quarantine.write" onClick={() => setRestoring(true)}>
          {t('quarantine.restore')}
        </RightButton>
      )}
      {sha256 !== null && (
        <ButtonLink variant="outline" to="/t/$tenant/hashes/$sha256" params={{ tenant, sha256 }}>
          {t('detections.hash', { count: detection.sameHashVms })}
        </ButtonLink>
      )}
      {restoring && quarantineEntry !== null && (
        <RestoreEntries
          entries={[{ vmId: detection.vm.id, entry: quarantineEntry, vmName: detection.vm.name, path: detection.path }]}
          onClose={() => setRestoring(false)}
        />
      )}
    </>
  );
}

function Where({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const tenant = useTenantId();
  return (
    <FactList
      facts={[
        [
          t('detections.vm'),
          <TextLink key="vm" to="/t/$tenant/vms/$id" params={{ tenant, id: detection.vm.id }}>
            <Name text={detection.vm.name} />
          </TextLink>,
        ],
        [t('detections.time'), <Moment key="time" at={detection.time} vmZone={detection.vmZone} seconds />],
        [
          t('detections.path'),
          <Group key="path" gap="sm">
            <FileName path={detection.path} />
            <Copy text={detection.path} />
          </Group>,
        ],
        [
          t('detections.threats'),
          <Stack key="threats" gap={4}>
            {detection.threats.map((threat) => (
              <Group key={`${threat.name}-${threat.layers.join('/')}`} gap="sm">
                <Name text={threat.name} />
                <ToneMark tone="neutral">{t(`threats.${threat.kind}`)}</ToneMark>
                {threat.layers.map((layer, index) => (
                  <span key={`${index}-${layer}`}>
                    ▸ <FileName path={layer} />
                  </span>
                ))}
              </Group>
            ))}
            {detection.threatsLeftOut > 0 && (
              <Text size="sm">{t('detections.morePlaces', { count: detection.threatsLeftOut })}</Text>
            )}
          </Stack>,
        ],
        [t('detections.sha256'), detection.sha256 === null ? null : <span className="mono">{detection.sha256}</span>],
        [t('detections.bytes'), formatBytes(detection.bytes, language)],
        [t('detections.trueType'), detection.trueType],
        [t('detections.origin'), t(`scanKinds.${detection.origin}`)],
        [t('detections.notified'), <Notified key="notified" detection={detection} />],
      ]}
    />
  );
}

function Notified({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  if (detection.notifications.length === 0) return <span>{t('detections.nobody')}</span>;
  return (
    <ul className="plain">
      {detection.notifications.map((sent) => (
        <li key={`${sent.channel}-${sent.to}-${sent.at}`}>
          {t(`detections.channels.${sent.channel}`)} <Name text={sent.to} /> ·{' '}
          {t(`state.delivery.${sent.state === 'given-up' ? 'failed' : sent.state}`)} · <Moment at={sent.at} />
        </li>
      ))}
    </ul>
  );
}

function Steps({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  const { steps } = detection;
  return (
    <section aria-labelledby="steps">
      <Title order={2} id="steps" mb="sm">
        {t('detections.steps')}
      </Title>
      {steps === null ? (
        <Text size="sm">{t('detections.noSteps')}</Text>
      ) : (
        <ol className="steps">
          <Step word={t('detections.primary')} step={steps.primary} />
          {steps.secondary !== undefined && <Step word={t('detections.secondary')} step={steps.secondary} />}
        </ol>
      )}
    </section>
  );
}

function Step({ word, step }: { readonly word: string; readonly step: ActionStep }) {
  const { t } = useTranslation();
  const text = useErrorText();
  const good = step.result === 'done' || step.result === 'gone';
  return (
    <li>
      <Group gap="sm">
        <span>
          {word}: {t(`actions.${step.action}`)}
        </span>
        <ToneMark tone={good ? 'ok' : 'bad'}>{t(`stepResults.${step.result}`)}</ToneMark>
        {step.error !== undefined && <Code>{step.error}</Code>}
        {step.message !== undefined && <Text size="sm">{text({ code: step.error ?? '', message: step.message })}</Text>}
      </Group>
    </li>
  );
}

/** Where in the policy: in words, and as the policy has it. */
function RulePlace({ pointer }: { readonly pointer: string }) {
  const { t } = useTranslation();
  const place = useFaultPlace();
  if (pointer === '') return <span>{t('detections.commandLine')}</span>;
  return (
    <Group gap="sm">
      <span>{place(pointer)}</span>
      <Code>{pointer}</Code>
    </Group>
  );
}

function Rule({ detection }: { readonly detection: DetectionDetail }) {
  const { t } = useTranslation();
  const tenant = useTenantId();
  const { policy } = detection;
  return (
    <section aria-labelledby="rule">
      <Title order={2} id="rule" mb="sm">
        {t('detections.rule')}
      </Title>
      <FactList
        facts={[
          [
            t('vms.policy'),
            policy === null ? (
              <span key="hash" className="mono">
                {detection.policyHash?.slice(0, 12) ?? '–'}
              </span>
            ) : (
              <TextLink key="policy" to="/t/$tenant/policies/$id" params={{ tenant, id: policy.policyId }}>
                <Name text={policy.name} /> {t('vm.revision', { revision: policy.revision })}
              </TextLink>
            ),
          ],
          [
            t('detections.scopeRule'),
            detection.decidedBy === null ? null : <RulePlace key="scope" pointer={detection.decidedBy} />,
          ],
          [
            t('detections.actionRule'),
            detection.steps === null ? null : <RulePlace key="action" pointer={detection.steps.decidedBy} />,
          ],
          [
            t('vms.release'),
            detection.patternRelease === null ? null : (
              <span key="release" className="mono">
                {detection.patternRelease}
              </span>
            ),
          ],
        ]}
      />
    </section>
  );
}
