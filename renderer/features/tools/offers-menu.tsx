import { BookOpenText, FileText } from 'lucide-react';
import { useTranslation } from 'react-i18next';
import { MenuItem, MenuSeparator, SubMenu } from '../../ui/menu';
import { addResource, choosePrompt, type Offer, useServerOffers } from './offers';

/** Of each; the palette finds the rest. */
const SHOWN = 40;

/** What tools' servers have ready for a message, in the composer's menu; nothing where they have nothing. */
export default function OffersMenu() {
  const { t } = useTranslation();
  const { prompts, resources } = useServerOffers();
  if (prompts.length + resources.length === 0) return null;
  return (
    <>
      <MenuSeparator />
      {prompts.length > 0 && (
        <SubMenu icon={<BookOpenText size={16} aria-hidden />} label={t('tools.offers.prompts')}>
          {prompts.slice(0, SHOWN).map((offer) => (
            <OfferItem
              key={keyOf(offer, offer.item.name)}
              offer={offer}
              onSelect={() => choosePrompt(offer)}
            />
          ))}
        </SubMenu>
      )}
      {resources.length > 0 && (
        <SubMenu icon={<FileText size={16} aria-hidden />} label={t('tools.offers.resources')}>
          {resources.slice(0, SHOWN).map((offer) => (
            <OfferItem
              key={keyOf(offer, offer.item.uri)}
              offer={offer}
              onSelect={() => void addResource(offer)}
            />
          ))}
        </SubMenu>
      )}
    </>
  );
}

const keyOf = ({ serverId }: Offer<unknown>, name: string): string => `${serverId} ${name}`;

interface OfferItemProps {
  readonly offer: Offer<{ readonly title: string }>;
  readonly onSelect: () => void;
}

function OfferItem({ offer: { item, server }, onSelect }: OfferItemProps) {
  return (
    <MenuItem onSelect={onSelect}>
      <span className="block truncate" dir="auto">
        {item.title}
      </span>
      <span className="block truncate text-xs text-faint" dir="auto">
        {server}
      </span>
    </MenuItem>
  );
}
