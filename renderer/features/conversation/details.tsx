import { X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type ReactNode, useId } from 'react';
import { useTranslation } from 'react-i18next';
import { useChat } from '../../stores/chat';
import { changeOptions } from '../../stores/options';
import { useSettings } from '../../stores/settings';
import { setThinking } from '../../stores/turns';
import { useUi } from '../../stores/ui';
import { Button } from '../../ui/button';
import { focusItself, useDialogFocus } from '../../ui/dialog-focus';
import { FactRows } from '../../ui/fact-rows';
import { IconButton } from '../../ui/icon-button';
import { NumberField } from '../../ui/number-field';
import { Switch } from '../../ui/switch';
import { TextArea } from '../../ui/text-area';
import { useThinking } from '../composer/think-switch';
import { PresetMenu } from '../presets/preset-menu';
import { type SamplingField, samplingFields, withSampling } from '../settings/sampling';
import { useTotals } from './totals';

const close = () => useUi.setState({ detailsOpen: false });

/** Beside the conversation when asked for: what it sets for itself, and what was measured. Over it where there is no room. */
export default function Details() {
  const { t } = useTranslation();
  const tight = useUi((state) => state.tight);
  const focus = useDialogFocus(focusItself);
  if (!tight) {
    return (
      <aside
        aria-label={t('details.title')}
        className="flex w-72 flex-none flex-col border-s border-line bg-side"
      >
        <Content />
      </aside>
    );
  }
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Overlay className="animate-appear fixed inset-0 z-30 bg-overlay" />
        <Dialog.Content
          aria-describedby={undefined}
          {...focus}
          className="animate-appear fixed inset-y-0 end-0 z-30 flex w-72 max-w-[85%] flex-col border-s border-line bg-side shadow-pop outline-none"
        >
          <Dialog.Title className="sr-only">{t('details.title')}</Dialog.Title>
          <Content />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Content() {
  const { t } = useTranslation();
  const begun = useChat((state) => state.conversationId !== null);
  return (
    <>
      <div className="flex h-(--bar) flex-none items-center justify-between ps-4 pe-3">
        <h2 className="font-semibold">{t('details.title')}</h2>
        <IconButton label={t('details.close')} onClick={close}>
          <X size={18} aria-hidden />
        </IconButton>
      </div>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div tabIndex={0} className="focus-inset flex min-h-0 flex-1 flex-col gap-6 overflow-y-auto px-4 pb-6">
        {begun && <Totals />}
        <SystemPrompt />
        <Parameters />
      </div>
    </>
  );
}

function Block({
  title,
  id,
  children,
}: {
  readonly title: string;
  readonly id?: string;
  readonly children: ReactNode;
}) {
  return (
    <section className="flex flex-col gap-2">
      <h3 id={id} className="text-xs text-faint">
        {title}
      </h3>
      {children}
    </section>
  );
}

function Totals() {
  const { t } = useTranslation();
  const rows = useTotals();
  return (
    <Block title={t('details.conversation')}>
      <div className="text-xs">
        <FactRows rows={rows} />
      </div>
    </Block>
  );
}

function SystemPrompt() {
  const { t } = useTranslation();
  const id = useId();
  const conversationId = useChat((state) => state.conversationId);
  const prompt = useChat((state) => state.options.systemPrompt ?? '');
  const usual = useSettings((settings) => settings.systemPrompt);
  return (
    <Block title={t('details.system')} id={id}>
      <TextArea
        key={conversationId}
        value={prompt}
        maxLength={20_000}
        labelledBy={id}
        placeholder={usual || t('details.systemPlaceholder')}
        onChange={(text) => {
          const { systemPrompt: _, ...rest } = useChat.getState().options;
          changeOptions(text ? { ...rest, systemPrompt: text } : rest);
        }}
      />
      <PresetMenu
        prompt={prompt}
        onChoose={(systemPrompt) => changeOptions({ ...useChat.getState().options, systemPrompt })}
      />
      <p className="text-xs text-faint">{t('details.systemHelp')}</p>
    </Block>
  );
}

function Parameters() {
  const { t } = useTranslation();
  const thinkingId = useId();
  const thinking = useThinking();
  const chosenNew = useUi((state) => state.newThinking !== null);
  const changed = useChat(
    ({ options }) =>
      chosenNew || options.thinking !== undefined || Object.keys(options.sampling ?? {}).length > 0,
  );
  return (
    <Block title={t('details.parameters')}>
      <div className="flex min-h-8 items-center justify-between gap-3 text-sm">
        <span id={thinkingId}>{t('details.thinking')}</span>
        <Switch checked={thinking} labelledBy={thinkingId} onChange={setThinking} />
      </div>
      {samplingFields.map((field) => (
        <Parameter key={field.name} field={field} />
      ))}
      <p className="text-xs text-faint">{t('details.parametersHelp')}</p>
      {changed && (
        <Button
          className="self-start"
          onClick={() => {
            const { sampling: _, thinking: __, ...rest } = useChat.getState().options;
            useUi.setState({ newThinking: null });
            changeOptions(rest);
          }}
        >
          {t('details.resetAll')}
        </Button>
      )}
    </Block>
  );
}

function Parameter({ field }: { readonly field: SamplingField }) {
  const { t } = useTranslation();
  const id = useId();
  const { name, ...bounds } = field;
  const own = useChat((state) => state.options.sampling?.[name]);
  const usual = useSettings((settings) => settings.sampling[name]);
  return (
    <div className="flex items-center justify-between gap-3 text-sm">
      <span id={id}>{t(`settings.${name}`)}</span>
      <div className="w-28 [&>input]:w-full">
        <NumberField
          {...bounds}
          value={own}
          labelledBy={id}
          placeholder={usual === undefined ? t('common.default') : String(usual)}
          onChange={(value) => {
            const { options } = useChat.getState();
            changeOptions({ ...options, sampling: withSampling(options.sampling ?? {}, name, value) });
          }}
        />
      </div>
    </div>
  );
}
