import { CircleAlert, type LucideIcon, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const tones = {
  plain: { box: 'bg-soft', icon: 'text-mute' },
  warn: { box: 'bg-warn-tint', icon: 'text-warn' },
  danger: { box: 'bg-danger-tint', icon: 'text-danger' },
} as const;

interface NoticeProps {
  readonly tone: keyof typeof tones;
  readonly icon?: LucideIcon;
  /** Interrupts what is read aloud: for what was just asked for and did not happen. */
  readonly urgent?: boolean;
  /** Small buttons: what can be done about it. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
}

/** Above the message field: something about the message to come. Where both do not fit in a line, the buttons stand below. */
export function Notice({ tone, icon, urgent = false, actions, children }: NoticeProps) {
  const { box, icon: color } = tones[tone];
  const Icon = icon ?? (tone === 'danger' ? CircleAlert : TriangleAlert);
  return (
    <div
      role={urgent ? 'alert' : 'status'}
      className={`animate-rise mb-2 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-xl py-2 ps-3.5 pe-2 text-sm ${box}`}
    >
      <span className="flex min-w-0 flex-1 basis-72 items-start gap-2.5 py-1">
        <Icon size={16} className={`mt-0.5 ${color}`} aria-hidden />
        <span className="min-w-0 text-pretty wrap-anywhere">{children}</span>
      </span>
      {actions && <span className="ms-auto flex flex-wrap items-center justify-end gap-1.5">{actions}</span>}
    </div>
  );
}
