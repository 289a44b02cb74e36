import type { ComponentProps } from 'react';

interface ButtonProps extends ComponentProps<'button'> {
  readonly look?: 'primary' | 'plain' | 'quiet' | 'danger';
  readonly size?: 'sm' | 'md';
}

const looks = {
  primary: 'bg-accent text-on-accent hover:bg-accent-hover font-medium',
  plain: 'border border-edge bg-control text-text hover:bg-hover',
  quiet: 'text-mute hover:bg-hover hover:text-text',
  danger: 'border border-edge bg-control text-danger hover:bg-danger-tint',
};

const sizes = { sm: 'h-7 px-2.5 rounded-md gap-1.5', md: 'h-8 px-3 rounded-lg gap-2' };

export function Button({ look = 'plain', size = 'md', className = '', ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      className={`inline-flex flex-none items-center justify-center text-sm whitespace-nowrap transition-colors duration-100 disabled:pointer-events-none disabled:opacity-40 ${looks[look]} ${sizes[size]} ${className}`}
      {...rest}
    />
  );
}
