import { ChevronDown } from 'lucide-react';
import { type FormEvent, useEffect, useId, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { DEFAULT_HUB, HUB_MIRROR, type HubState } from '../../../electron/contract/hub';
import { sentences } from '../../lib/sentences';
import { loadHubState, setEndpoint, setToken, useHub } from '../../stores/hub';
import { Button } from '../../ui/button';
import { Segmented } from '../../ui/segmented';
import { INPUT } from '../../ui/text-field';

/** Where models come from, folded to one line. */
export function HubSource() {
  const { t } = useTranslation();
  const state = useHub((hub) => hub.state);
  const [open, setOpen] = useState(false);
  const id = useId();
  if (state === null) return null;
  return (
    <div className={`flex flex-col items-start gap-3 ${open ? 'basis-full' : ''}`}>
      <Button
        size="sm"
        look="quiet"
        className="-ms-2.5"
        aria-expanded={open}
        aria-controls={id}
        onClick={() => setOpen(!open)}
      >
        {t('getModel.from', { host: new URL(state.endpoint).host })}
        <ChevronDown size={14} aria-hidden className={open ? 'rotate-180' : ''} />
      </Button>
      <div id={id} hidden={!open} className="w-full">
        <SourceFields state={state} />
      </div>
    </div>
  );
}

/** The same in the settings. */
export function HubSourceSetting() {
  const state = useHub((hub) => hub.state);
  useEffect(() => void loadHubState(), []);
  return state && <SourceFields state={state} />;
}

type Choice = 'hub' | 'mirror' | 'other';

function SourceFields({ state }: { readonly state: HubState }) {
  const { t } = useTranslation();
  const { endpoint, endpointFromEnvironment } = state;
  const current: Choice = endpoint === DEFAULT_HUB ? 'hub' : endpoint === HUB_MIRROR ? 'mirror' : 'other';
  const [other, setOther] = useState(false);
  const choice = other ? 'other' : current;
  const choose = (next: Choice) => {
    setOther(next === 'other');
    if (next !== 'other') void setEndpoint(next === 'hub' ? DEFAULT_HUB : HUB_MIRROR);
  };
  return (
    <div className="flex w-full flex-col gap-3">
      <Segmented
        value={choice}
        label={t('getModel.source')}
        onChange={choose}
        options={(['hub', 'mirror', 'other'] as const).map((value) => ({
          value,
          label: t(`getModel.hubs.${value}`),
        }))}
      />
      {choice === 'mirror' && <p className="text-xs text-pretty text-mute">{t('getModel.mirrorHelp')}</p>}
      {endpointFromEnvironment && <p className="text-xs text-mute">{t('getModel.environment')}</p>}
      {choice === 'other' && <Address key={endpoint} endpoint={current === 'other' ? endpoint : ''} />}
      <Token key={`token ${endpoint}`} state={state} />
    </div>
  );
}

function Address({ endpoint }: { readonly endpoint: string }) {
  const { t } = useTranslation();
  const [address, setAddress] = useState(endpoint);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void setEndpoint(address.trim());
  };
  return (
    <form onSubmit={submit} className="flex flex-wrap items-center gap-2">
      <span className="min-w-40 flex-1">
        <input
          value={address}
          dir="ltr"
          spellCheck={false}
          aria-label={t('getModel.address')}
          placeholder={t('getModel.addressPlaceholder')}
          onChange={(event) => setAddress(event.target.value)}
          className={INPUT}
        />
      </span>
      <Button type="submit" disabled={!/^https?:\/\/./.test(address.trim()) || address.trim() === endpoint}>
        {t('getModel.use')}
      </Button>
    </form>
  );
}

function Token({ state: { endpoint, token: kept } }: { readonly state: HubState }) {
  const { t, i18n } = useTranslation();
  const [token, setOwn] = useState('');
  const { host } = new URL(endpoint);
  const id = useId();
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (await setToken(token.trim())) setOwn('');
  };
  return (
    <form onSubmit={(event) => void submit(event)} className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-xs">
        {t('getModel.token', { host })}
      </label>
      <div className="flex flex-wrap items-center gap-2">
        <span className="min-w-40 flex-1">
          <input
            id={id}
            type="password"
            value={token}
            dir="ltr"
            autoComplete="off"
            maxLength={500}
            placeholder={kept === 'kept' ? '••••••••' : t('getModel.tokenPlaceholder')}
            onChange={(event) => setOwn(event.target.value)}
            className={INPUT}
          />
        </span>
        <Button type="submit" disabled={!token.trim()}>
          {t('getModel.tokenSave')}
        </Button>
        {kept === 'kept' && <Button onClick={() => void setToken(null)}>{t('getModel.tokenForget')}</Button>}
      </div>
      <p className="text-xs text-pretty text-mute">
        {sentences(
          i18n.language,
          kept === 'kept' && t('getModel.tokenKept'),
          kept === 'environment' && t('getModel.tokenEnvironment'),
          t('getModel.tokenHelp', { host }),
        )}
      </p>
    </form>
  );
}
