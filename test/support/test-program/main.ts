import { plugin as surrogateContext } from '../../../plugins/surrogate_context/plugin.ts';
import { catalogueOf } from '../../../shared/config/compile-validator.ts';
import { runProgram } from '../../../shared/plugin/main.ts';
import { protocolOutput, sendingInput } from './protocol-stages.ts';
import { testOutput } from './test-output.ts';
import { troubledInput, troubledProcessor } from './troubled-stages.ts';

const catalogue = catalogueOf([
  surrogateContext,
  testOutput,
  troubledProcessor,
  troubledInput,
  sendingInput,
  protocolOutput,
]);
const loadConfiguration = () => import('../../../shared/config/quick-config.ts');
runProgram({ version: '0.0.0-test', catalogue, loadConfiguration }, process.argv.slice(2));
