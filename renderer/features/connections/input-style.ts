export const INPUT =
  'h-8 w-full min-w-0 rounded-lg border border-edge bg-control px-3 text-sm transition-colors duration-100 hover:border-line-strong focus:border-accent focus:outline-none';
