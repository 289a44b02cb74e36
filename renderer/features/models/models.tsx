import { Download, Plus } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { closeModels, openGetModel, restoreModel, useModels } from '../../stores/models';
import { Button } from '../../ui/button';
import { Dialog } from '../../ui/dialog';
import { RemoteModels } from '../connections/remote-models';
import { ModelProblems } from '../engine/model-problems';
import { AddModel } from './add-model';
import { DropFolder } from './drop-folder';
import { GetModel } from './get-model';
import { Machine } from './machine';
import { ModelRow } from './model-row';
import { ModelTasks } from './model-tasks';

const SCROLLED = 'focus-inset min-h-0 flex-1 overflow-y-auto border-t border-line px-6 pb-6';

/** What is installed, what this machine can do with it, and the way to more. */
export default function Models() {
  const { t } = useTranslation();
  const adding = useModels((state) => state.adding);
  const getting = useModels((state) => state.getting);
  return (
    <Dialog
      open
      onClose={closeModels}
      title={t(getting ? 'getModel.title' : adding ? 'addModel.title' : 'modelsPage.title')}
      className="top-[max(1.5rem,calc(50vh-21rem))] h-[42rem] max-w-3xl"
    >
      <DropFolder>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <div tabIndex={0} className={SCROLLED}>
          {getting ? <GetModel /> : adding ? <AddModel /> : <Installed />}
        </div>
      </DropFolder>
    </Dialog>
  );
}

/** In the page and not in a notice: a notice lies outside of the dialog, where no key reaches it. */
function Removed() {
  const { t } = useTranslation();
  const removed = useModels((state) => state.removed);
  return removed.map(({ id, name }) => (
    <li key={id} className="flex items-center gap-3 rounded-xl border border-dashed border-line px-4 py-3">
      <span role="status" className="min-w-0 flex-1 truncate text-sm text-mute">
        {t('modelsPage.removed', { name })}
      </span>
      <Button size="sm" onClick={() => void restoreModel(id)}>
        {t('common.undo')}
      </Button>
    </li>
  ));
}

function Installed() {
  const { t } = useTranslation();
  const page = useModels((state) => state.page);
  if (page === null) {
    return <div role="status" aria-label={t('common.loading')} className="h-full" />;
  }
  const { graphics } = page.hardware;
  // A card that nothing uses yet comes before the models; else the machine is only for reference.
  const idleCard = graphics !== null && graphics.gpus.length > 0 && !graphics.runtime.cudaProvider;
  return (
    <>
      {idleCard && <Machine hardware={page.hardware} />}
      <ModelTasks />
      <section aria-labelledby="installed-models">
        <div className="flex flex-wrap items-center justify-between gap-2 pt-4 pb-2">
          <h3 id="installed-models" className="text-sm font-medium">
            {t('modelsPage.yours')}
          </h3>
          <div className="flex flex-wrap gap-2">
            <Button size="sm" onClick={() => useModels.setState({ adding: true })}>
              <Plus size={15} aria-hidden />
              {t('modelsPage.add')}
            </Button>
            <Button size="sm" look="primary" onClick={openGetModel}>
              <Download size={15} aria-hidden />
              {t('getModel.open')}
            </Button>
          </div>
        </div>
        <ul className="flex flex-col gap-2">
          {page.models.map((model) => (
            <ModelRow key={model.manifest.id} model={model} hardware={page.hardware} />
          ))}
          <Removed />
        </ul>
        <div className="mt-2 flex flex-col gap-2">
          <ModelProblems />
        </div>
      </section>
      <RemoteModels />
      {!idleCard && <Machine hardware={page.hardware} />}
    </>
  );
}
