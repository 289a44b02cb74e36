export function Logo() {
  return (
    <svg
      viewBox="0 0 20 20"
      className="size-4.5 flex-none text-accent"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      <path d="M4 14V9a6 6 0 0 1 12 0v5" />
      <path d="M7.5 14v-3a2.5 2.5 0 0 1 5 0v3M4 17h12" />
    </svg>
  );
}
