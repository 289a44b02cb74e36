import { useTranslation } from 'react-i18next';
import { MANY_TOOLS } from '../../../electron/contract/tools';
import { useContext } from '../../stores/context';
import { openSettings } from '../../stores/ui';
import { Button } from '../../ui/button';
import { Notice } from '../composer/notice';

/** Of the model's context: what is told of tools beyond this is missed by the conversation. */
const MOST = 0.3;

/** Said before sending where the tools take much of the context, or are more than a model chooses well among. */
export default function ToolsNotice() {
  const { t } = useTranslation();
  const count = useContext((state) => state.measure?.tools?.count ?? 0);
  const tokens = useContext((state) => state.measure?.tools?.tokens ?? 0);
  const limit = useContext((state) => state.measure?.limit ?? 0);
  const large = tokens > MOST * limit;
  if (!large && count < MANY_TOOLS) return null;
  return (
    <Notice
      tone="warn"
      actions={
        <Button size="sm" onClick={() => openSettings('tools')}>
          {t('tools.composer.manage')}
        </Button>
      }
    >
      {large
        ? t('tools.composer.tooMany', { count, tokens, limit })
        : t('tools.composer.confusing', { count })}
    </Notice>
  );
}
