import i18next, { type ParseKeys } from 'i18next';
import type { LucideIcon } from 'lucide-react';
import { BookOpenText, Boxes, FileText, Globe } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { onlyRecognizes } from '../../../electron/contract/speech';
import { holdsAll, matches } from '../../lib/matches';
import { modelLabel } from '../../lib/model-label';
import { useChat } from '../../stores/chat';
import { useEngine } from '../../stores/engine';
import { chooseModel } from '../../stores/model-choice';
import { changeOptions } from '../../stores/options';
import { useSettings } from '../../stores/settings';
import { showToast } from '../../stores/toasts';
import { openSettings } from '../../stores/ui';
import { builtIn } from '../presets/presets';
import { useFoundSettings } from '../settings/sections';
import { addResource, choosePrompt, type Offer, useServerOffers } from '../tools/offers';

/** Of each kind: what is typed next narrows it down. */
const SHOWN = 6;

/** Something that is done by choosing it. */
export interface Choice {
  readonly id: string;
  readonly icon: LucideIcon;
  readonly label: string;
  /** What kind of thing it is, or where it stands. */
  readonly about: string;
  readonly choose: () => void;
}

/** The settings in whose names or explanations all the words stand; sections and names before explanations. */
export function useSettingChoices(words: readonly string[]): readonly Choice[] {
  const { t } = useTranslation();
  const { named, found } = useFoundSettings(words);
  const choices = [
    ...named.map(({ name, icon }) => ({
      id: name,
      icon,
      label: t(`settings.${name}`),
      about: t('settings.title'),
      first: true,
      choose: () => openSettings(name),
    })),
    ...found.flatMap(({ name, icon, settings }) =>
      settings.map(({ label }) => ({
        id: `${name} ${label}`,
        icon,
        label: t(label),
        about: t(`settings.${name}`),
        first: matches(words, [label]),
        choose: () => openSettings(name, label),
      })),
    ),
  ];
  return [...choices.filter(({ first }) => first), ...choices.filter(({ first }) => !first)].slice(0, SHOWN);
}

/** What tools' servers have ready: prompts for the message, and files. */
export function useOfferChoices(words: readonly string[]): readonly Choice[] {
  const { prompts, resources } = useServerOffers();
  if (words.length === 0) return [];
  const found = (kind: ParseKeys, { server, item }: Offer<{ readonly title: string }>) =>
    holdsAll(words, `${item.title} ${server}`, kind);
  return [
    ...prompts
      .filter((offer) => found('tools.offers.prompts', offer))
      .slice(0, SHOWN)
      .map((offer) => ({
        id: `prompt ${offer.serverId} ${offer.item.name}`,
        icon: BookOpenText,
        label: offer.item.title,
        about: offer.server,
        choose: () => choosePrompt(offer),
      })),
    ...resources
      .filter((offer) => found('tools.offers.resources', offer))
      .slice(0, SHOWN)
      .map((offer) => ({
        id: `resource ${offer.serverId} ${offer.item.uri}`,
        icon: FileText,
        label: offer.item.title,
        about: offer.server,
        choose: () => void addResource(offer),
      })),
  ];
}

/** The models and presets that the conversation could have instead of its own. */
export function useConversationChoices(words: readonly string[]): readonly Choice[] {
  const { t } = useTranslation();
  const models = useEngine((state) => state.models);
  const presets = useSettings((settings) => settings.presets);
  if (words.length === 0) return [];
  const english = i18next.getFixedT('en');
  const use = (prompt: string, name: string) => () => {
    changeOptions({ ...useChat.getState().options, systemPrompt: prompt });
    showToast(t('palette.presetUsed', { name }));
  };
  const modelChoices = models
    .filter((model) => !onlyRecognizes(model))
    .filter((model) => holdsAll(words, modelLabel(model), 'palette.model'))
    .map((model) => ({
      id: `model ${model.id}`,
      icon: model.remote ? Globe : Boxes,
      label: modelLabel(model),
      about: t('palette.model'),
      choose: () => chooseModel(model.id),
    }));
  const own = presets
    .filter(({ name }) => holdsAll(words, name, 'palette.preset'))
    .map(({ id, name, prompt }) => ({ id: `preset ${id}`, name: name || t('presets.unnamed'), prompt }));
  const ours = builtIn
    .filter((key) =>
      holdsAll(words, `${t(`presets.${key}.name`)} ${english(`presets.${key}.name`)}`, 'palette.preset'),
    )
    .map((key) => ({
      id: `preset ${key}`,
      name: t(`presets.${key}.name`),
      prompt: t(`presets.${key}.prompt`),
    }));
  const presetChoices = [...own, ...ours].map(({ id, name, prompt }) => ({
    id,
    icon: BookOpenText,
    label: name,
    about: t('palette.preset'),
    choose: use(prompt, name),
  }));
  return [...modelChoices.slice(0, SHOWN), ...presetChoices.slice(0, SHOWN)];
}
