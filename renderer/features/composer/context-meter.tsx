import { useTranslation } from 'react-i18next';
import { formatCompact, formatInteger } from '../../lib/format';
import { Tooltip } from '../../ui/tooltip';
import type { ContextUse } from './use-context-use';

export function ContextMeter({ context }: { readonly context: ContextUse }) {
  const { t, i18n } = useTranslation();
  const { used, total, over, near, estimated } = context;
  if (used === null || total === null) return null;
  const label = t(estimated ? 'composer.contextAbout' : 'composer.context', {
    used: formatInteger(used, i18n.language),
    total: formatInteger(total, i18n.language),
  });
  const share = Math.min(1, used / total);
  const tone = over > 0 ? 'text-danger' : near ? 'text-warn' : 'text-accent';
  return (
    <Tooltip label={label} side="top">
      {/* biome-ignore-start lint/a11y/noNoninteractiveTabindex: the tooltip must be reachable by keyboard. */}
      <div
        tabIndex={0}
        role="img"
        aria-label={label}
        className="me-1.5 flex h-8 flex-none items-center gap-1.5 rounded-md px-1 @max-sm:me-0"
      >
        {/* biome-ignore-end lint/a11y/noNoninteractiveTabindex: see above. */}
        <svg viewBox="0 0 18 18" className={`size-4.5 -rotate-90 ${tone}`} aria-hidden="true">
          <circle cx="9" cy="9" r="7.25" fill="none" stroke="var(--hover)" strokeWidth="3" />
          <circle
            cx="9"
            cy="9"
            r="7.25"
            fill="none"
            stroke="currentColor"
            strokeWidth="3"
            pathLength="1"
            strokeDasharray={`${share} 1`}
          />
        </svg>
        <span className="tabular text-xs text-faint @max-sm:hidden">
          <bdi dir="ltr">
            {estimated && '≈ '}
            {formatCompact(used)} / {formatCompact(total)}
          </bdi>
        </span>
      </div>
    </Tooltip>
  );
}
