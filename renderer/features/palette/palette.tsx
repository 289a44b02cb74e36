import { Command } from 'cmdk';
import { MessageSquare, MessageSquareText, Search } from 'lucide-react';
import { Fragment, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { SearchHit } from '../../../electron/contract/conversations';
import { bridge } from '../../bridge/bridge';
import { matches, wordsOf } from '../../lib/matches';
import { openConversation, useChat } from '../../stores/chat';
import { useConversations } from '../../stores/conversations';
import { useUi } from '../../stores/ui';
import { Dialog } from '../../ui/dialog';
import { Kbd } from '../../ui/kbd';
import { type ActionName, actionNames, allKeysOf } from '../shortcuts/registry';
import { canRun, runAction } from '../shortcuts/run';
import { commandIcons } from './command-icons';
import { type Choice, useConversationChoices, useOfferChoices, useSettingChoices } from './found';

/** Conversations shown before anything is typed, and at most of each kind after. */
const RECENT = 6;
const SHOWN = 20;

export default function Palette() {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const list = useConversations((state) => state.list) ?? [];
  const inView = useChat((state) => state.conversationId);
  const hits = useSearch(query);
  const close = () => useUi.setState({ paletteOpen: false });
  const open = (id: string, messageId: string | null) => {
    close();
    void openConversation(id, messageId);
  };
  const run = (name: ActionName) => {
    close();
    // After the dialog has given the focus back, so that an action may move it.
    setTimeout(() => runAction(name), 0);
  };
  const choose = ({ choose }: Choice) => {
    close();
    setTimeout(choose, 0);
  };
  const wanted = query.trim().toLocaleLowerCase();
  const words = wordsOf(query);
  const commands = actionNames
    .filter((name) => name !== 'palette' && canRun(name))
    .filter((name) => matches(words, [`commands.${name}`]));
  const settings = useSettingChoices(words);
  const choices = useConversationChoices(words);
  const offers = useOfferChoices(words);
  const titled = wanted
    ? list.filter(({ title }) => title.toLocaleLowerCase().includes(wanted)).slice(0, SHOWN)
    : list.filter(({ id }) => id !== inView).slice(0, RECENT);
  const inMessages = hits.filter(({ messageId }) => messageId !== null).slice(0, SHOWN);
  return (
    <Dialog open onClose={close} title={t('palette.title')} bare className="top-[12vh] max-w-xl">
      <Command shouldFilter={false} loop label={t('palette.title')} className="flex min-h-0 flex-col">
        <div className="flex h-13 flex-none items-center gap-3 border-b border-line px-5">
          <Search size={16} className="text-faint" aria-hidden />
          <Command.Input
            value={query}
            onValueChange={setQuery}
            placeholder={t('palette.placeholder')}
            className="h-full min-w-0 flex-1 bg-transparent outline-none"
          />
        </div>
        <Command.List
          label={t('palette.title')}
          className="max-h-[min(26rem,60vh)] scroll-py-2 overflow-y-auto p-2 [&_[cmdk-group]+[cmdk-group]]:mt-2 [&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-2 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-faint"
        >
          <Command.Empty className="px-3 py-6 text-center text-sm text-mute">
            {t('palette.none')}
          </Command.Empty>
          {titled.length > 0 && (
            <Command.Group heading={t('palette.conversations')}>
              {titled.map(({ id, title }) => (
                <Item key={id} value={`c ${id}`} onSelect={() => open(id, null)}>
                  <MessageSquare size={16} className="text-faint" aria-hidden />
                  <span className="truncate">{title || t('header.untitled')}</span>
                </Item>
              ))}
            </Command.Group>
          )}
          {commands.length > 0 && (
            <Command.Group heading={t('palette.commands')}>
              {commands.map((name) => (
                <Item key={name} value={`a ${name}`} onSelect={() => run(name)}>
                  <CommandIcon name={name} />
                  <span className="flex-1 truncate">{t(`commands.${name}`)}</span>
                  {allKeysOf(name)
                    .slice(0, 1)
                    .map((keys) => (
                      <Kbd key={keys} keys={keys} />
                    ))}
                </Item>
              ))}
            </Command.Group>
          )}
          <Choices heading={t('palette.forConversation')} choices={choices} onChoose={choose} />
          <Choices heading={t('tools.offers.title')} choices={offers} onChoose={choose} />
          <Choices heading={t('settings.title')} choices={settings} onChoose={choose} />
          {inMessages.length > 0 && (
            <Command.Group heading={t('palette.messages')}>
              {inMessages.map((hit) => (
                <Item
                  key={`${hit.conversationId} ${hit.messageId}`}
                  value={`m ${hit.messageId}`}
                  onSelect={() => open(hit.conversationId, hit.messageId)}
                >
                  <MessageSquareText size={16} className="text-faint" aria-hidden />
                  <span className="min-w-0 flex-1">
                    <span className="block truncate">
                      <Snippet text={hit.snippet} />
                    </span>
                    <span className="block truncate text-xs text-faint">{hit.title}</span>
                  </span>
                </Item>
              ))}
            </Command.Group>
          )}
        </Command.List>
      </Command>
    </Dialog>
  );
}

interface ChoicesProps {
  readonly heading: string;
  readonly choices: readonly Choice[];
  readonly onChoose: (choice: Choice) => void;
}

function Choices({ heading, choices, onChoose }: ChoicesProps) {
  if (choices.length === 0) return null;
  return (
    <Command.Group heading={heading}>
      {choices.map((choice) => (
        <Item key={choice.id} value={`s ${choice.id}`} onSelect={() => onChoose(choice)}>
          <choice.icon size={16} className="text-faint" aria-hidden />
          <span className="flex-1 truncate" dir="auto">
            {choice.label}
          </span>
          <span className="flex-none text-xs text-faint">{choice.about}</span>
        </Item>
      ))}
    </Command.Group>
  );
}

function CommandIcon({ name }: { readonly name: ActionName }) {
  const Icon = commandIcons[name];
  return <Icon size={16} className="text-faint" aria-hidden />;
}

interface ItemProps {
  readonly value: string;
  readonly onSelect: () => void;
  readonly children: React.ReactNode;
}

function Item({ value, onSelect, children }: ItemProps) {
  return (
    <Command.Item
      value={value}
      onSelect={onSelect}
      className="flex min-h-9 items-center gap-3 rounded-lg px-3 py-1.5 text-sm data-[selected=true]:bg-hover"
    >
      {children}
    </Command.Item>
  );
}

/** Of Markdown, what says nothing in a single line. */
const MARKUP = /\*\*|`+|\$\$|(?:^|\n)[#>]+ /g;

/** The hits in a snippet lie between two private characters. */
function Snippet({ text }: { readonly text: string }) {
  return text.split('\uE000').map((part, index) => {
    const [hit, rest] = index === 0 ? ['', part] : part.split('\uE001');
    return (
      // biome-ignore lint/suspicious/noArrayIndexKey: the parts of a snippet never move.
      <Fragment key={index}>
        {hit && <mark>{hit}</mark>}
        {rest?.replace(MARKUP, '')}
      </Fragment>
    );
  });
}

function useSearch(query: string): readonly SearchHit[] {
  const [hits, setHits] = useState<readonly SearchHit[]>([]);
  useEffect(() => {
    const text = query.trim();
    if (!text) {
      setHits([]);
      return;
    }
    let current = true;
    const timer = setTimeout(async () => {
      try {
        const found = await bridge().request('conversations.search', text);
        if (current) setHits(found);
      } catch {
        // Titles and commands can still be found.
        if (current) setHits([]);
      }
    }, 120);
    return () => {
      current = false;
      clearTimeout(timer);
    };
  }, [query]);
  return hits;
}
