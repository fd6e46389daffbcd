/**
 * How value lists are named as lines. `crosslayer` keeps everything; the others give the names, tags and number types of Telegraf's parser
 * (plugins/parsers/collectd, `split` and `join`) and of collectd's write_influxdb_udp plugin.
 */
export const NAMINGS = ['crosslayer', 'telegraf_split', 'telegraf_join', 'write_influxdb_udp'] as const;

/** A naming, as in the configuration. */
export type Naming = (typeof NAMINGS)[number];

/** In front of the plugin in the measurement of `crosslayer` lines. */
export const DEFAULT_PREFIX = 'collectd_';

/**
 * How numbers are written. `exact`: gauges as floats, derives as integers, counters and absolute values as unsigned. `floats`: all as floats, so that
 * integers above 2^53 lose digits. `influxdb_udp`: gauges with six decimals, all others as signed integers.
 */
export type NumberForm = 'exact' | 'floats' | 'influxdb_udp';

/** What differs between the namings. */
interface NamingForm {
  readonly hasPrefix: boolean;
  /** One line for each value, the measurement being `<plugin>_<data source>`. */
  readonly isSplit: boolean;
  readonly pluginInstanceKey: string;
  readonly numbers: NumberForm;
}

/** What each naming does: the rest of the code knows forms only. */
export const NAMING_FORMS: Readonly<Record<Naming, NamingForm>> = {
  crosslayer: { hasPrefix: true, isSplit: false, pluginInstanceKey: 'plugin_instance', numbers: 'exact' },
  telegraf_split: { hasPrefix: false, isSplit: true, pluginInstanceKey: 'instance', numbers: 'floats' },
  telegraf_join: { hasPrefix: false, isSplit: false, pluginInstanceKey: 'instance', numbers: 'floats' },
  write_influxdb_udp: { hasPrefix: false, isSplit: false, pluginInstanceKey: 'instance', numbers: 'influxdb_udp' },
};
