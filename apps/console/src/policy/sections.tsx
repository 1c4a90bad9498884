// SPDX-License-Identifier: Apache-2.0
// The sections of a policy. Each kind of scan has its own scope, action, exceptions and limits (RT-5).
import {
  type Policy,
  type RealtimeSettings,
  type ScanLoad,
  type ScheduledSettings,
  SETTING_RANGES,
} from '@lazaret/core';
import { Group, Radio, Select, Stack, Switch, Text } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { ScheduleEditor } from '../schedule/schedule-editor.tsx';
import { WeekEditor } from '../schedule/week-editor.tsx';
import { ActionEditor } from './action-editor.tsx';
import { ExceptionEditor } from './exceptions/exception-editor.tsx';
import { ScopeEditor } from './scope-editor.tsx';
import { Limits } from './limits-section.tsx';
import { Block, KINDS, Ranged, type SectionProps } from './section-parts.tsx';
import { UnscannedEditor } from './unscanned-editor.tsx';

export const SECTIONS = ['realtime', 'scheduled', 'manual', 'patterns', 'exceptions', 'limits'] as const;
export type Section = (typeof SECTIONS)[number];

export function PolicySection({ section, draft, onChange }: SectionProps & { readonly section: Section }) {
  switch (section) {
    case 'realtime':
      return <Realtime draft={draft} onChange={onChange} />;
    case 'scheduled':
      return <Scheduled draft={draft} onChange={onChange} />;
    case 'manual':
      return <Manual draft={draft} onChange={onChange} />;
    case 'patterns':
      return <Patterns draft={draft} onChange={onChange} />;
    case 'exceptions':
      return <Exceptions draft={draft} onChange={onChange} />;
    case 'limits':
      return <Limits draft={draft} onChange={onChange} />;
  }
}

function Realtime({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  const set = (change: Partial<RealtimeSettings>): void =>
    onChange({ ...draft, realtime: { ...draft.realtime, ...change } });
  const { realtime } = draft;
  return (
    <Stack gap="xl">
      <Switch
        label={t('policy.realtimeOn')}
        description={realtime.enabled ? t('policy.realtimeAdvice') : t('policy.realtimeOffMeans')}
        checked={realtime.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      <Block title={t('policy.scope')}>
        <ScopeEditor
          directories={realtime.directories}
          files={realtime.files}
          onDirectories={(directories) => set({ directories })}
          onFiles={(files) => set({ files })}
        />
      </Block>
      <Block title={t('policy.when')}>
        <WeekEditor value={realtime.schedule} onChange={(schedule) => set({ schedule })} />
      </Block>
      <Block title={t('policy.action')}>
        <ActionEditor kind="realtime" value={realtime.action} onChange={(action) => set({ action })} />
      </Block>
      <Block title={t('unscanned.title')}>
        <UnscannedEditor kind="realtime" value={realtime.unscanned} onChange={(unscanned) => set({ unscanned })} />
      </Block>
      <Block title={t('policy.deadline')}>
        <Text size="sm" maw={820}>
          {t('policy.deadlineAdvice')}
        </Text>
        <Ranged
          label={t('policy.deadlineSeconds')}
          range={SETTING_RANGES['/realtime/deadlineMs']}
          unit={1000}
          value={realtime.deadlineMs}
          onChange={(deadlineMs) => set({ deadlineMs })}
        />
        <Radio.Group
          label={t('policy.onDeadline')}
          value={realtime.onDeadline}
          onChange={(value) => set({ onDeadline: value })}
        >
          <Stack gap="xs" mt="xs" maw={820}>
            <Radio value="allow" label={t('policy.allow')} description={t('policy.allowMeans')} />
            <Radio value="deny" label={t('policy.deny')} description={t('policy.denyMeans')} />
          </Stack>
        </Radio.Group>
        <Radio.Group
          label={t('policy.onOverload')}
          value={realtime.onOverload}
          onChange={(value) => set({ onOverload: value })}
        >
          <Stack gap="xs" mt="xs">
            <Radio value="deny" label={t('policy.deny')} />
            <Radio value="allow" label={t('policy.allow')} />
          </Stack>
        </Radio.Group>
      </Block>
    </Stack>
  );
}

function Scheduled({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  const set = (change: Partial<ScheduledSettings>): void =>
    onChange({ ...draft, scheduled: { ...draft.scheduled, ...change } });
  const { scheduled } = draft;
  return (
    <Stack gap="xl">
      <Switch
        label={t('policy.scheduledOn')}
        checked={scheduled.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      <Block title={t('policy.when')}>
        <ScheduleEditor purpose="scan" value={scheduled.schedule} onChange={(schedule) => set({ schedule })} />
        <Group align="flex-start" gap="lg">
          <Radio.Group label={t('policy.missed')} value={scheduled.missed} onChange={(value) => set({ missed: value })}>
            <Group mt="xs">
              <Radio value="once" label={t('policy.missedOnce')} />
              <Radio value="skip" label={t('policy.missedSkip')} />
            </Group>
          </Radio.Group>
          <Ranged
            label={t('policy.spread')}
            range={SETTING_RANGES['/scheduled/spreadMinutes']}
            value={scheduled.spreadMinutes}
            onChange={(spreadMinutes) => set({ spreadMinutes })}
          />
          <Ranged
            label={t('policy.longest')}
            range={SETTING_RANGES['/scheduled/longestRunMinutes']}
            value={scheduled.longestRunMinutes}
            onChange={(longestRunMinutes) => set({ longestRunMinutes })}
          />
          <Load value={scheduled.load} onChange={(load) => set({ load })} />
        </Group>
      </Block>
      <Block title={t('policy.scope')}>
        <ScopeEditor
          directories={scheduled.directories}
          files={scheduled.files}
          onDirectories={(directories) => set({ directories })}
          onFiles={(files) => set({ files })}
        />
      </Block>
      <Block title={t('policy.action')}>
        <ActionEditor kind="scheduled" value={scheduled.action} onChange={(action) => set({ action })} />
      </Block>
      <Block title={t('unscanned.title')}>
        <UnscannedEditor kind="scheduled" value={scheduled.unscanned} onChange={(unscanned) => set({ unscanned })} />
      </Block>
    </Stack>
  );
}

function Manual({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  const set = (change: Partial<Policy['manual']>): void =>
    onChange({ ...draft, manual: { ...draft.manual, ...change } });
  const { manual } = draft;
  return (
    <Stack gap="xl">
      <Block title={t('policy.scope')}>
        <ScopeEditor
          directories={manual.directories}
          files={manual.files}
          onDirectories={(directories) => set({ directories })}
          onFiles={(files) => set({ files })}
        />
      </Block>
      <Block title={t('policy.action')}>
        <ActionEditor kind="manual" value={manual.action} onChange={(action) => set({ action })} />
      </Block>
      <Block title={t('unscanned.title')}>
        <UnscannedEditor kind="manual" value={manual.unscanned} onChange={(unscanned) => set({ unscanned })} />
      </Block>
      <Load value={manual.load} onChange={(load) => set({ load })} />
    </Stack>
  );
}

function Patterns({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  return (
    <Block title={t('policy.patternsWhen')}>
      <Text size="sm">{t('policy.patternsAdvice')}</Text>
      <ScheduleEditor
        purpose="update"
        value={draft.patterns.schedule}
        onChange={(schedule) => onChange({ ...draft, patterns: { schedule } })}
      />
    </Block>
  );
}

function Exceptions({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="xl">
      <Text size="sm">{t('policy.exceptionsAdvice')}</Text>
      {KINDS.map((kind) => (
        <Block key={kind} title={t(`scanKinds.${kind}`)}>
          <ExceptionEditor
            kind={kind}
            value={draft[kind].exceptions}
            onChange={(exceptions) => onChange({ ...draft, [kind]: { ...draft[kind], exceptions } })}
          />
        </Block>
      ))}
    </Stack>
  );
}

function Load({ value, onChange }: { readonly value: ScanLoad; readonly onChange: (load: ScanLoad) => void }) {
  const { t } = useTranslation();
  return (
    <Select
      w={200}
      label={t('policy.load')}
      allowDeselect={false}
      data={(['low', 'medium', 'high'] as const).map((load) => ({ value: load, label: t(`policy.loads.${load}`) }))}
      value={value}
      onChange={(load) => onChange(load ?? value)}
    />
  );
}
