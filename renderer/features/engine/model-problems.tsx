import { useEngine } from '../../stores/engine';

/** Model folders that cannot be used, each with its reason, which is written in English. */
export function ModelProblems() {
  const problems = useEngine((state) => state.problems);
  return problems.map(({ folder, name, error }) => (
    <p key={folder} className="w-full rounded-lg bg-danger-tint px-3 py-2 text-xs wrap-anywhere">
      <span className="font-medium text-danger">{name}</span> <span lang="en">{error.message}</span>
    </p>
  ));
}
