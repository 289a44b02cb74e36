import { Trash2, X } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../../stores/ui';
import { Button } from '../../ui/button';
import { IconButton } from '../../ui/icon-button';
import { deleteSelected, endSelection } from './selection';

export function SelectionBar() {
  const { t } = useTranslation();
  const count = useUi((state) => state.selection?.size ?? 0);
  return (
    <div className="flex h-15 flex-none items-center gap-2 border-t border-line ps-4 pe-3 text-sm">
      <span role="status" className="tabular flex-1">
        {t('sidebar.selected', { count })}
      </span>
      <Button look="danger" onClick={deleteSelected}>
        <Trash2 size={15} aria-hidden />
        {t('common.delete')}
      </Button>
      <IconButton label={t('sidebar.endSelection')} side="top" onClick={endSelection}>
        <X size={18} aria-hidden />
      </IconButton>
    </div>
  );
}
