import { Check, ClipboardCopy, Scale } from 'lucide-react';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useCopy } from '../../lib/use-copy';
import { currentManifest, useEngine } from '../../stores/engine';
import { useSettings } from '../../stores/settings';
import { Button } from '../../ui/button';
import { FactRows } from '../../ui/fact-rows';
import { Logo } from '../sidebar/logo';
import { diagnostics } from './diagnostics';
import { Licences } from './licences';
import { useAppInfo } from './use-app-info';

/** As its manifest has it: for developers, and in English. Of any other model the source is a name or an address. */
const NANOS_SOURCE = 'trained in this repository';

export function About() {
  const { t } = useTranslation();
  const manifest = useEngine(currentManifest);
  const info = useAppInfo();
  const [licences, setLicences] = useState(false);
  const [copied, copy] = useCopy();
  if (licences) return <Licences onBack={() => setLicences(false)} />;
  return (
    <div className="flex flex-col gap-5 py-3 text-sm">
      <div className="flex items-center gap-3">
        <span className="grid size-10 place-items-center rounded-xl bg-tint">
          <Logo />
        </span>
        <div>
          <p className="font-semibold">AutoGLM Desktop</p>
          <p className="tabular text-xs text-faint">
            {info ? `${t('settings.version')} ${info.version}` : ' '}
          </p>
        </div>
      </div>
      <p className="text-mute">{t('settings.privacyText')}</p>
      <div>
        <div className="flex flex-wrap gap-2">
          <Button onClick={() => setLicences(true)}>
            <Scale size={15} aria-hidden />
            {t('about.licences')}
          </Button>
          <Button
            disabled={!info}
            onClick={() =>
              info &&
              copy(
                diagnostics({
                  info,
                  engine: useEngine.getState().status,
                  settings: useSettings.getState(),
                  userAgent: navigator.userAgent,
                }),
              )
            }
          >
            {copied ? <Check size={15} aria-hidden /> : <ClipboardCopy size={15} aria-hidden />}
            {copied ? t('common.copied') : t('about.copyDiagnostics')}
          </Button>
        </div>
        <p className="mt-2 text-xs text-faint">{t('about.diagnosticsHelp')}</p>
      </div>
      {manifest && !manifest.remote && (
        <div className="rounded-xl border border-line p-4 text-xs">
          <p className="mb-2 text-sm font-medium">{manifest.name}</p>
          <FactRows
            rows={[
              [t('settings.modelLicense'), manifest.license],
              [
                t('settings.modelSource'),
                manifest.source === NANOS_SOURCE ? t('settings.modelSourceOwn') : manifest.source,
              ],
            ]}
          />
        </div>
      )}
      {/* Inter would draw the x of "x64" behind a number as a multiplication sign. */}
      {info && (
        <div className="rounded-xl border border-line p-4 text-xs [font-variant-ligatures:no-contextual]">
          <p className="mb-2 text-sm font-medium">{t('about.versions')}</p>
          <FactRows
            rows={Object.entries(info.versions).map(
              ([name, version]) => [t(`about.${name}`, name), version] as const,
            )}
          />
        </div>
      )}
    </div>
  );
}
