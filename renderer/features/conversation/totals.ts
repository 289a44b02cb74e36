import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import type { Message } from '../../../electron/contract/conversations';
import { formatDuration, formatInteger, formatSpeed } from '../../lib/format';
import { useChat } from '../../stores/chat';

export interface Totals {
  readonly answers: number;
  readonly outputTokens: number;
  readonly reasoningTokens: number;
  readonly totalMs: number;
  /** Of all tokens over all the time they took, so that long answers weigh more than short ones. */
  readonly tokensPerSecond: number;
}

function sumStatistics(messages: readonly Message[]): Totals {
  let answers = 0;
  let outputTokens = 0;
  let reasoningTokens = 0;
  let totalMs = 0;
  let decodeTokens = 0;
  let decodeSeconds = 0;
  for (const message of messages) {
    if (message.role !== 'assistant' || !message.stats) continue;
    const { stats } = message;
    answers += 1;
    outputTokens += stats.outputTokens;
    reasoningTokens += stats.reasoningTokens;
    totalMs += stats.totalMs;
    if (stats.tokensPerSecond > 0) {
      decodeTokens += stats.outputTokens - 1;
      decodeSeconds += (stats.outputTokens - 1) / stats.tokensPerSecond;
    }
  }
  const tokensPerSecond = decodeSeconds > 0 ? decodeTokens / decodeSeconds : 0;
  return { answers, outputTokens, reasoningTokens, totalMs, tokensPerSecond };
}

/** Over every branch: they all took time. */
export function useTotals(): readonly (readonly [label: string, value: string])[] {
  const { t, i18n } = useTranslation();
  const byId = useChat((state) => state.tree.byId);
  const messages = useMemo(() => Object.values(byId), [byId]);
  const totals = useMemo(() => sumStatistics(messages), [messages]);
  const number = (value: number) => formatInteger(value, i18n.language);
  const begun = messages[0]?.createdAt;
  return [
    [t('details.messages'), number(messages.length)],
    [t('details.answered'), number(totals.answers)],
    [t('details.totalTokens'), number(totals.outputTokens)],
    ...(totals.reasoningTokens > 0
      ? [[t('details.reasoningTokens'), number(totals.reasoningTokens)] as const]
      : []),
    ...(totals.tokensPerSecond > 0
      ? [
          [
            t('details.averageSpeed'),
            t('stats.speed', { value: formatSpeed(totals.tokensPerSecond, i18n.language) }),
          ] as const,
        ]
      : []),
    [t('details.time'), formatDuration(totals.totalMs, t)],
    ...(begun !== undefined
      ? [
          [
            t('details.created'),
            new Intl.DateTimeFormat(i18n.language, { dateStyle: 'medium' }).format(begun),
          ] as const,
        ]
      : []),
  ];
}
