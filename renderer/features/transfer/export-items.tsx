import { Braces, FileCode, FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { MenuItem } from '../../ui/menu';
import { exportConversations } from './export';

/** The formats, as items of a menu. */
export function ExportItems({ ids }: { readonly ids: readonly string[] }) {
  const { t } = useTranslation();
  return (
    <>
      <MenuItem icon={<FileText size={16} />} onSelect={() => void exportConversations(ids, 'md')}>
        {t('header.saveMarkdown')}
      </MenuItem>
      <MenuItem icon={<FileCode size={16} />} onSelect={() => void exportConversations(ids, 'html')}>
        {t('header.saveHtml')}
      </MenuItem>
      <MenuItem icon={<Braces size={16} />} onSelect={() => void exportConversations(ids, 'json')}>
        {t('header.saveJson')}
      </MenuItem>
    </>
  );
}
