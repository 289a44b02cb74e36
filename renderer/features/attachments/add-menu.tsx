import { ImagePlus, MonitorUp, Plus } from 'lucide-react';
import { useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { errorInfo } from '../../lib/errors';
import { showError, showNotice } from '../../stores/toasts';
import { IconButton } from '../../ui/icon-button';
import { Menu, MenuItem } from '../../ui/menu';
import { captureScreen } from './capture';
import { addFiles } from './intake';

/** The ways to add a file other than dropping and pasting. */
export function AddMenu({ conversationId }: { readonly conversationId: string | null }) {
  const { t } = useTranslation();
  const picker = useRef<HTMLInputElement>(null);
  const capture = async () => {
    try {
      const file = await captureScreen(t('attachments.screenshot'));
      if (file) await addFiles([file], conversationId);
    } catch (error) {
      if (error instanceof DOMException) showNotice(t('attachments.captureDenied'));
      else showError(errorInfo(error));
    }
  };
  const canCapture = typeof navigator.mediaDevices?.getDisplayMedia === 'function';
  return (
    <>
      <input
        ref={picker}
        type="file"
        multiple
        hidden
        tabIndex={-1}
        aria-label={t('attachments.pick')}
        onChange={({ currentTarget }) => {
          void addFiles([...(currentTarget.files ?? [])], conversationId);
          // So that the same file can be chosen again.
          currentTarget.value = '';
        }}
      />
      <Menu
        side="top"
        trigger={
          <IconButton label={t('attachments.add')} side="top">
            <Plus size={18} aria-hidden />
          </IconButton>
        }
      >
        <MenuItem icon={<ImagePlus size={16} aria-hidden />} onSelect={() => picker.current?.click()}>
          {t('attachments.pick')}
        </MenuItem>
        {canCapture && (
          <MenuItem icon={<MonitorUp size={16} aria-hidden />} onSelect={() => void capture()}>
            {t('attachments.capture')}
          </MenuItem>
        )}
      </Menu>
    </>
  );
}
