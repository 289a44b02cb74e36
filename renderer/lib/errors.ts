export { toErrorInfo as errorInfo } from '../../electron/contract/errors';
