import { runPlugin } from '../../shared/plugin/main.ts';
import { plugin } from './plugin.ts';

runPlugin(plugin);
