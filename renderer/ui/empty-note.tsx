import type { LucideIcon } from 'lucide-react';

interface EmptyNoteProps {
  readonly icon: LucideIcon;
  readonly title: string;
  readonly help: string;
}

/** Stands where a list will be. */
export function EmptyNote({ icon: Icon, title, help }: EmptyNoteProps) {
  return (
    <div className="flex flex-col items-center gap-1 rounded-xl border border-line px-6 py-8 text-center">
      <Icon size={20} className="mb-1 text-faint" aria-hidden />
      <p className="text-sm font-medium">{title}</p>
      <p className="max-w-80 text-xs text-balance text-faint">{help}</p>
    </div>
  );
}
