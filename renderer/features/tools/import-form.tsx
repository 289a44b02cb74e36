import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ErrorInfo } from '../../../electron/contract/errors';
import { bridge } from '../../bridge/bridge';
import { errorText } from '../../lib/error-text';
import { errorInfo } from '../../lib/errors';
import { addServers } from '../../stores/tools';
import { Button } from '../../ui/button';
import { Lines } from './server-form';

const EXAMPLE = `{
  "mcpServers": {
    "files": { "command": "npx", "args": ["-y", "…"] }
  }
}`;

/** Takes the `mcpServers` of another assistant. What is added is off: nothing runs that was not looked at. */
export function ImportForm({ onClose }: { readonly onClose: () => void }) {
  const { t, i18n } = useTranslation();
  const [json, setJson] = useState('');
  const [problems, setProblems] = useState<readonly ErrorInfo[]>([]);
  const add = async () => {
    try {
      const { servers, problems: found } = await bridge().request('tools.readServers', json);
      if (servers.length > 0) addServers(servers);
      setProblems(found.map(({ error }) => error));
      if (found.length === 0) onClose();
    } catch (error) {
      setProblems([errorInfo(error)]);
    }
  };
  return (
    <form
      aria-label={t('tools.import.title')}
      onSubmit={(event) => {
        event.preventDefault();
        void add();
      }}
      className="animate-appear flex flex-col gap-3 rounded-xl border border-line p-4"
    >
      <h3 className="text-sm font-medium">{t('tools.import.title')}</h3>
      <p className="text-xs text-pretty text-mute">{t('tools.import.help')}</p>
      <Lines
        label={t('tools.import.label')}
        placeholder={EXAMPLE}
        value={json}
        onText={(text) => {
          setJson(text);
          setProblems([]);
        }}
      />
      {problems.length > 0 && (
        <ul role="alert" className="flex flex-col gap-1 text-xs text-danger">
          {problems.map((problem) => {
            const { text } = errorText(problem, t, i18n.language);
            return <li key={text}>{text}</li>;
          })}
        </ul>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onClose}>{t('common.cancel')}</Button>
        <Button look="primary" type="submit" disabled={json.trim() === ''}>
          {t('tools.import.add')}
        </Button>
      </div>
    </form>
  );
}
