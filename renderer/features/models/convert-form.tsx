import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ConvertRequest, FoundModel } from '../../../electron/contract/models';
import { bridge } from '../../bridge/bridge';
import { formatBytes } from '../../lib/format';
import { attempt, closeAddModel } from '../../stores/models';
import { Button } from '../../ui/button';
import { Segmented } from '../../ui/segmented';
import { Switch } from '../../ui/switch';
import { beginChoice } from './choice';
import { Field } from './model-options';

const BITS = { int4: 4, int8: 8, fp16: 16 } as const;

type Block = ConvertRequest['block'];

/** How a checkpoint becomes a package, with its size as it will be. */
export function ConvertForm({
  found: { name: given, parameters, blocks, family },
  path,
}: {
  readonly found: Extract<FoundModel, { kind: 'checkpoint' }>;
  readonly path: string;
}) {
  const { t, i18n } = useTranslation();
  const [name, setName] = useState(given);
  const [precision, setPrecision] = useState<ConvertRequest['precision']>(
    blocks.length > 0 ? 'int4' : 'fp16',
  );
  const [block, setBlock] = useState<Block>((blocks[0] ?? 32) as Block);
  const [headInt8, setHeadInt8] = useState(false);
  const quantized = precision !== 'fp16';
  const head = family === 'glm4v' && precision === 'int4';
  // A scale of 16 bits for each block.
  const bits = BITS[precision] + (quantized ? 16 / block : 0);
  const convert = async () => {
    const begun = await attempt(async () => {
      await bridge().request('models.convert', { path, name, precision, block, headInt8: head && headInt8 });
    });
    if (begun) closeAddModel();
  };
  return (
    <form
      className="flex flex-1 flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        void convert();
      }}
    >
      <Field label={t('addModel.name')}>
        {(labelledBy) => (
          <input
            aria-labelledby={labelledBy}
            value={name}
            maxLength={200}
            onChange={(event) => setName(event.target.value)}
            className="h-8 w-64 rounded-lg border border-edge bg-control px-3 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
          />
        )}
      </Field>
      <Field label={t('addModel.precision')} help={t(`addModel.precisionHelp.${precision}`)}>
        {(labelledBy) => (
          <Segmented
            value={precision}
            labelledBy={labelledBy}
            onChange={setPrecision}
            options={(['int4', 'int8', 'fp16'] as const)
              .filter((value) => value === 'fp16' || blocks.length > 0)
              .map((value) => ({ value, label: value.toUpperCase() }))}
          />
        )}
      </Field>
      {quantized && (
        <Field label={t('addModel.block')} help={t('addModel.blockHelp')}>
          {(labelledBy) => (
            <Segmented
              value={String(block)}
              labelledBy={labelledBy}
              onChange={(value) => setBlock(Number(value) as Block)}
              options={blocks.map((value) => ({ value: String(value), label: String(value) }))}
            />
          )}
        </Field>
      )}
      {head && (
        <Field label={t('addModel.head')} help={t('addModel.headHelp')}>
          {(labelledBy) => <Switch checked={headInt8} onChange={setHeadInt8} labelledBy={labelledBy} />}
        </Field>
      )}
      <div className="mt-auto flex items-center gap-2 border-t border-line pt-4">
        <span className="tabular me-auto text-sm text-mute">
          {t('addModel.about', { size: formatBytes((parameters * bits) / 8, i18n.language) })}
        </span>
        <Button look="quiet" onClick={beginChoice}>
          {t('addModel.back')}
        </Button>
        <Button type="submit" look="primary" disabled={!name.trim()}>
          {t('addModel.convert')}
        </Button>
      </div>
    </form>
  );
}
