// SPDX-License-Identifier: Apache-2.0
// The limits of each kind of scan, the vault's, and what the agent does besides scanning.
import { MEBIBYTE, SCAN_LIMIT_RANGES, type ScanKind, SETTING_RANGES } from '@lazaret/core';
import { Group, Radio, Stack, Switch, TextInput } from '@mantine/core';
import { useTranslation } from 'react-i18next';
import { Block, KINDS, Ranged, type SectionProps } from './section-parts.tsx';

export function Limits({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  return (
    <Stack gap="xl">
      <TextInput
        maw={420}
        label={t('policies.name')}
        value={draft.name}
        onChange={(event) => onChange({ ...draft, name: event.currentTarget.value })}
      />
      {KINDS.map((kind) => (
        <ScanLimits key={kind} kind={kind} draft={draft} onChange={onChange} />
      ))}
      <VaultLimits draft={draft} onChange={onChange} />
      <Knock draft={draft} onChange={onChange} />
      <Radio.Group
        label={t('policy.clamd')}
        value={draft.clamd.partly}
        onChange={(partly) => onChange({ ...draft, clamd: { partly: partly } })}
      >
        <Group mt="xs">
          <Radio value="ok" label="OK" />
          <Radio value="found" label="FOUND" />
          <Radio value="error" label="ERROR" />
        </Group>
      </Radio.Group>
    </Stack>
  );
}

function ScanLimits({ kind, draft, onChange }: SectionProps & { readonly kind: ScanKind }) {
  const { t } = useTranslation();
  const { limits } = draft[kind];
  const set = (change: Partial<typeof limits>): void =>
    onChange({ ...draft, [kind]: { ...draft[kind], limits: { ...limits, ...change } } });
  return (
    <Block title={t(`scanKinds.${kind}`)}>
      <Group align="flex-start">
        <Ranged
          label={t('policy.layers')}
          range={SCAN_LIMIT_RANGES.compressionLayersMax}
          value={limits.compressionLayersMax}
          onChange={(compressionLayersMax) => set({ compressionLayersMax })}
        />
        <Ranged
          label={t('policy.memberMegabytes')}
          range={SCAN_LIMIT_RANGES.memberBytesMax}
          unit={MEBIBYTE}
          value={limits.memberBytesMax}
          onChange={(memberBytesMax) => set({ memberBytesMax })}
        />
        <Ranged
          label={t('policy.members')}
          range={SCAN_LIMIT_RANGES.membersMax}
          value={limits.membersMax}
          onChange={(membersMax) => set({ membersMax })}
        />
        <Ranged
          label={t('policy.fileSeconds')}
          range={SCAN_LIMIT_RANGES.fileTimeMs}
          unit={1000}
          value={limits.fileTimeMs}
          onChange={(fileTimeMs) => set({ fileTimeMs })}
        />
      </Group>
    </Block>
  );
}

function VaultLimits({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  const { vault } = draft;
  return (
    <Block title={t('policy.sections.vault')}>
      <Group align="flex-start">
        <Ranged
          label={t('policy.vaultMegabytes')}
          range={SETTING_RANGES['/vault/bytesMax']}
          unit={MEBIBYTE}
          value={vault.bytesMax}
          onChange={(bytesMax) => onChange({ ...draft, vault: { ...vault, bytesMax } })}
        />
        <Ranged
          label={t('policy.retention')}
          range={SETTING_RANGES['/vault/retentionDays']}
          value={vault.retentionDays}
          onChange={(retentionDays) => onChange({ ...draft, vault: { ...vault, retentionDays } })}
        />
        <Ranged
          label={t('policy.warnAt')}
          range={SETTING_RANGES['/vault/warnAtPercent']}
          value={vault.warnAtPercent}
          onChange={(warnAtPercent) => onChange({ ...draft, vault: { ...vault, warnAtPercent } })}
        />
      </Group>
    </Block>
  );
}

/** SY-7: the agent calls by itself; a knock only makes it call at once. */
function Knock({ draft, onChange }: SectionProps) {
  const { t } = useTranslation();
  const { knock } = draft.agent;
  const set = (change: Partial<typeof knock>): void =>
    onChange({ ...draft, agent: { ...draft.agent, knock: { ...knock, ...change } } });
  return (
    <Block title={t('policy.knock')}>
      <Switch
        label={t('policy.knockOn')}
        description={t('policy.knockAdvice')}
        checked={knock.enabled}
        onChange={(event) => set({ enabled: event.currentTarget.checked })}
      />
      <Ranged
        label={t('vm.knock')}
        range={SETTING_RANGES['/agent/knock/port']}
        isName
        value={knock.port}
        onChange={(port) => set({ port })}
      />
    </Block>
  );
}
