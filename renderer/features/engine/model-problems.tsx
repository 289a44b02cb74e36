import type { ModelProblem } from '../../../electron/contract/api';
import { useEngine } from '../../stores/engine';
import { TechnicalDetails } from './technical-details';
import { useErrorText } from './use-error-text';

/** Model folders that cannot be used, each with its reason. */
export function ModelProblems() {
  const problems = useEngine((state) => state.problems);
  return problems.map((problem) => <Problem key={problem.folder} {...problem} />);
}

function Problem({ name, error }: ModelProblem) {
  const { text, technical } = useErrorText(error);
  return (
    <div className="w-full rounded-lg bg-danger-tint px-3 py-2 text-xs wrap-anywhere">
      <span className="font-medium text-danger">{name}</span> {text}
      <TechnicalDetails text={technical} />
    </div>
  );
}
