import { ArrowUpRight } from 'lucide-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import shapes from '../../assets/shapes.svg';
import { filesIn, useDraftFiles } from '../../stores/draft-files';
import { useEngine } from '../../stores/engine';
import { useConversationModel } from '../../stores/model-choice';
import { openGetModel } from '../../stores/models';
import { useRecognizer } from '../voice/recognizer';
import { talkPress } from '../voice/talk-press';
import { useHasMicrophone } from '../voice/use-microphones';
import { askExample, EXAMPLES, type Example, examplesFor } from './examples';

/** Before the first message: three things the model in use really can do, one press away. */
export function EmptyState() {
  const { t } = useTranslation();
  const model = useConversationModel();
  const modalities = model?.modalities ?? [];
  const hears = useRecognizer() !== null;
  const microphone = useHasMicrophone();
  // Nano comes with the app and knows little: who has nothing else is told where there is more.
  const onlyOne = useEngine(({ models }) => models.length === 1);
  const dropped = useDraftFiles((state) => filesIn(state, null).length > 0);
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto px-6">
      <div className="mx-auto my-auto w-full max-w-[45rem] py-6">
        <h1 className="text-xl font-semibold tracking-[-0.01em]">{t('empty.title')}</h1>
        <p className="mt-1 text-mute">
          {model?.remote
            ? t('empty.textElsewhere', { model: model.name, name: `\u2068${model.remote.name}\u2069` })
            : t('empty.text')}
        </p>
        {/* Who has brought something to ask about needs no example, and the room is wanted by what was brought. */}
        {!dropped && (
          <>
            <ul aria-label={t('empty.examples')} className="mt-6 grid gap-2">
              {examplesFor({ modalities, hears: hears && microphone }).map((example) => (
                <li key={example}>
                  <ExampleButton example={example} />
                </li>
              ))}
            </ul>
            <p className="mt-4 flex flex-wrap gap-x-4 gap-y-1 text-xs text-faint">
              {t(modalities.includes('image') ? 'empty.dropPicture' : 'empty.drop')}
              {onlyOne && (
                <button type="button" onClick={openGetModel} className="text-accent hover:underline">
                  {t('getModel.hint')}
                </button>
              )}
            </p>
          </>
        )}
      </div>
    </div>
  );
}

function ExampleButton({ example }: { readonly example: Example }) {
  const { t } = useTranslation();
  const Icon = EXAMPLES[example];
  const shared =
    'group flex w-full items-center gap-3 rounded-xl border border-line bg-raise px-4 py-3 text-start transition-colors duration-100 hover:border-line-strong';
  const inside = (end: ReactNode) => (
    <>
      <Icon size={18} className="text-accent" aria-hidden />
      <span className="min-w-0 flex-1">
        <span className="block truncate">{t(`empty.${example}Prompt`)}</span>
        <span className="block truncate text-xs text-faint">{t(`empty.${example}`)}</span>
      </span>
      {end}
    </>
  );
  if (example === 'voice') {
    return (
      <button
        type="button"
        className={`${shared} touch-none select-none active:border-accent`}
        {...talkPress}
      >
        {inside(null)}
      </button>
    );
  }
  return (
    <button type="button" onClick={() => void askExample(example)} className={shared}>
      {inside(
        example === 'picture' ? (
          <img src={shapes} alt="" className="-my-1 h-10 rounded-md border border-line" />
        ) : (
          <ArrowUpRight
            size={16}
            aria-hidden
            className="text-faint opacity-0 transition-opacity duration-100 group-hover:opacity-100 group-focus-visible:opacity-100 rtl:-scale-x-100"
          />
        ),
      )}
    </button>
  );
}
