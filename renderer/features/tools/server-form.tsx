import { useEffect, useId, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { ToolTransport } from '../../../electron/contract/tool-servers';
import { isSecretName } from '../../../electron/contract/tools';
import { Button } from '../../ui/button';
import { EntryList } from '../../ui/entry-list';
import { Segmented } from '../../ui/segmented';
import { TextField } from '../../ui/text-field';
import { type DraftProblem, draftProblem, type ServerDraft, transportOf } from './server-draft';

interface ServerFormProps {
  readonly title: string;
  readonly initial: ServerDraft;
  readonly action: string;
  readonly onSave: (name: string, transport: ToolTransport) => void;
  readonly onCancel: () => void;
}

/** Adds a server or changes one: a program with its arguments, or an address. */
export function ServerForm({ title, initial, action, onSave, onCancel }: ServerFormProps) {
  const { t } = useTranslation();
  const [draft, setDraft] = useState(initial);
  const [problem, setProblem] = useState<DraftProblem | null>(null);
  const first = useRef<HTMLInputElement>(null);
  useEffect(() => first.current?.focus(), []);
  const change = (part: Partial<ServerDraft>) => {
    setDraft({ ...draft, ...part });
    setProblem(null);
  };
  const save = () => {
    const found = draftProblem(draft);
    setProblem(found);
    if (!found) onSave(draft.name.trim(), transportOf(draft));
  };
  const { type } = draft;
  return (
    <form
      aria-label={title}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      className="animate-appear flex flex-col gap-4 rounded-xl border border-line p-4"
    >
      <div className="flex flex-wrap items-center justify-between gap-3">
        <h3 className="text-sm font-medium">{title}</h3>
        <Segmented
          value={type}
          label={t('tools.form.kind')}
          onChange={(next) => change({ type: next })}
          options={[
            { value: 'stdio', label: t('tools.form.stdio') },
            { value: 'http', label: t('tools.form.http') },
          ]}
        />
      </div>
      <TextField
        ref={first}
        label={t('tools.form.name')}
        placeholder={t('tools.form.namePlaceholder')}
        value={draft.name}
        maxLength={100}
        dir="auto"
        problem={problem?.field === 'name' ? t('tools.form.nameMissing') : null}
        onText={(name) => change({ name })}
      />
      {type === 'stdio' ? (
        <>
          <TextField
            label={t('tools.form.command')}
            placeholder={t('tools.form.commandPlaceholder')}
            value={draft.command}
            maxLength={4_000}
            mono
            problem={problem?.field === 'command' ? t('tools.form.commandMissing') : null}
            onText={(command) => change({ command })}
          />
          <Lines
            label={t('tools.form.args')}
            placeholder={t('tools.form.argsPlaceholder')}
            value={draft.args}
            onText={(args) => change({ args })}
          />
          <EntryList
            title={t('tools.form.env')}
            add={t('tools.form.addVariable')}
            name={t('tools.form.variable')}
            entries={draft.env}
            isSecret={isSecretName}
            onChange={(env) => change({ env })}
          />
        </>
      ) : (
        <>
          <TextField
            label={t('tools.form.url')}
            placeholder={t('tools.form.urlPlaceholder')}
            value={draft.url}
            maxLength={4_000}
            mono
            inputMode="url"
            problem={problem?.field === 'url' ? t('tools.form.urlInvalid') : null}
            onText={(url) => change({ url })}
          />
          <EntryList
            title={t('tools.form.headers')}
            add={t('tools.form.addHeader')}
            name={t('tools.form.header')}
            entries={draft.headers}
            isSecret={isSecretName}
            onChange={(headers) => change({ headers })}
          />
        </>
      )}
      {problem?.field === 'entry' && (
        <p role="alert" className="text-xs text-danger">
          {t('tools.form.entryInvalid', { name: `\u2068${problem.name}\u2069` })}
        </p>
      )}
      <div className="flex justify-end gap-2">
        <Button onClick={onCancel}>{t('common.cancel')}</Button>
        <Button look="primary" type="submit">
          {action}
        </Button>
      </div>
    </form>
  );
}

interface LinesProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onText: (text: string) => void;
}

export function Lines({ label, placeholder, value, onText }: LinesProps) {
  const id = useId();
  return (
    <div className="flex flex-col gap-1">
      <label htmlFor={id} className="text-xs text-faint">
        {label}
      </label>
      <textarea
        id={id}
        value={value}
        dir="ltr"
        rows={3}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        onChange={(event) => onText(event.target.value)}
        className="field-sizing-content max-h-48 min-h-18 w-full resize-none rounded-lg border border-edge bg-control px-3 py-2 font-mono text-xs leading-5 transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none"
      />
    </div>
  );
}
