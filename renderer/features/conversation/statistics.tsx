import type { TFunction } from 'i18next';
import { Popover } from 'radix-ui';
import { useTranslation } from 'react-i18next';
import type { GenerationStats } from '../../../electron/contract/generation';
import { deviceText } from '../../lib/device';
import { formatBytes, formatDuration, formatInteger, formatSpeed } from '../../lib/format';
import { useEngine } from '../../stores/engine';
import { FactRows } from '../../ui/fact-rows';

interface Props {
  readonly stats: GenerationStats;
  readonly modelId: string | null;
}

/** One line under the answer; pressed, it shows everything that was measured. */
export function Statistics({ stats, modelId }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  const parts = [
    // A single token has no speed.
    ...(stats.tokensPerSecond > 0
      ? [t('stats.speed', { value: formatSpeed(stats.tokensPerSecond, locale) })]
      : []),
    t('stats.firstToken', { value: formatInteger(stats.firstTokenMs, locale) }),
    t('stats.tokens', { count: stats.outputTokens }),
    stats.device?.kind === 'remote' ? stats.device.host : t(`providers.${stats.provider}`),
  ];
  return (
    <Popover.Root>
      <Popover.Trigger className="tabular ms-1 flex h-7 items-center rounded-md px-1.5 text-start text-xs text-faint hover:text-text">
        {/* Begins with a number, which would go to the end of the line where the page is written from the right. */}
        <span dir="auto">{parts.join(' · ')}</span>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          side="top"
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={t('stats.detail')}
          className="animate-grow z-50 w-80 rounded-xl border border-line bg-raise p-3 text-xs shadow-pop"
        >
          <Details stats={stats} modelId={modelId} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Details({ stats, modelId }: Props) {
  const { t, i18n } = useTranslation();
  const locale = i18n.language;
  // One that has been removed since has no name any more.
  const name = useEngine((state) => state.models.find(({ id }) => id === modelId)?.name);
  const tokens = (count: number) => t('stats.tokens', { count });
  const rows: readonly (readonly [label: string, value: string])[] = [
    ...(modelId ? [[t('stats.model'), name ?? modelId] as const] : []),
    ...runsOn(stats, t),
    ...(stats.precision ? [[t('stats.precision'), stats.precision.toUpperCase()] as const] : []),
    [t('stats.prompt'), tokens(stats.promptTokens)],
    ...(stats.mediaTokens
      ? [
          [t('stats.media'), tokens(stats.mediaTokens)] as const,
          [
            t('stats.mediaTime'),
            t('stats.milliseconds', { value: formatInteger(stats.mediaMs ?? 0, locale) }),
          ] as const,
        ]
      : []),
    [t('stats.output'), tokens(stats.outputTokens)],
    ...(stats.reasoningTokens > 0 ? [[t('stats.reasoning'), tokens(stats.reasoningTokens)] as const] : []),
    ...(stats.draftTokens
      ? [
          [
            t('stats.drafts'),
            t('stats.draftsRight', { accepted: stats.acceptedTokens ?? 0, drafted: stats.draftTokens }),
          ] as const,
        ]
      : []),
    ...(stats.queuedMs >= 50 ? [[t('stats.queued'), formatDuration(stats.queuedMs, t)] as const] : []),
    [t('stats.first'), t('stats.milliseconds', { value: formatInteger(stats.firstTokenMs, locale) })],
    [t('stats.total'), formatDuration(stats.totalMs, t)],
    [t('stats.rate'), t('stats.speed', { value: formatSpeed(stats.tokensPerSecond, locale) })],
    ...(stats.peakMemoryBytes !== undefined
      ? [[t('stats.memory'), formatBytes(stats.peakMemoryBytes, locale)] as const]
      : []),
    ...(stats.seed !== undefined ? [[t('stats.seed'), String(stats.seed)] as const] : []),
  ];
  return <FactRows rows={rows} />;
}

/** A processor's provider has its name. */
function runsOn({ provider, device }: GenerationStats, t: TFunction): (readonly [string, string])[] {
  const label = t('stats.provider');
  if (device?.kind === 'processor' || device?.kind === 'remote') return [[label, deviceText(device, t)]];
  const by = [label, t(`providers.${provider}`)] as const;
  return device ? [by, [t('engine.device'), deviceText(device, t)]] : [by];
}
