import { expect, test } from 'vitest';
import { orderOfUnknownType, valueListHead } from '../../../shared/collectd-lines/line-value-list.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';

const { types } = parseTypesDb([{ name: 'types', bytes: Buffer.from('cpu value:DERIVE:0:U\n') }]);

test('lines of value lists are known by their measurement and tags', () => {
  const check = (head: string, prefix: string, expected: string | undefined) => {
    const [measurement = '', ...tags] = head.split(',');
    const pairs = tags.map((tag) => tag.split('=') as [ByteString, ByteString]);
    const list = valueListHead(
      { measurement: measurement as ByteString, tags: new Map(pairs) },
      prefix as ByteString,
      types,
    );
    const { host, plugin, pluginInstance, type, typeInstance } = list?.identifier ?? {};
    const name = [host, plugin, pluginInstance, type, typeInstance].join('/');
    expect(list && `${list.naming} ${name} ${list.sources?.length ?? 'unknown'} ${list.otherTags}`, head).toBe(
      expected,
    );
  };

  check(
    'collectd_cpu,host=h,plugin_instance=0,type=cpu,type_instance=idle',
    'collectd_',
    'crosslayer h/cpu/0/cpu/idle 1 ',
  );
  check('collectd_cpu,type=cpu,vm=1,instance=2', 'collectd_', 'crosslayer /cpu//cpu/ 1 vm,instance');
  check('collectd_cpu,host=h,type=nosuch', 'collectd_', 'crosslayer h/cpu//nosuch/ unknown ');
  check('collectd_cpu,host=h', 'collectd_', undefined);
  // nothing is left of the measurement for a plugin
  check('collectd_,host=h,type=cpu', 'collectd_', 'telegraf_join h/collectd_//cpu/ 1 ');

  check('cpu,host=h,instance=0,type=cpu,type_instance=idle', 'collectd_', 'telegraf_join h/cpu/0/cpu/idle 1 ');
  check('cpu,host=h,plugin_instance=0,type=cpu', 'collectd_', 'telegraf_join h/cpu//cpu/ 1 plugin_instance');
  check('cpu,host=h,instance=0,type=nosuch', 'collectd_', undefined);

  // without a prefix the tags tell the namings apart
  check('cpu,plugin_instance=0,type=cpu', '', 'crosslayer /cpu/0/cpu/ 1 ');
  check('cpu,instance=0,type=cpu', '', 'telegraf_join /cpu/0/cpu/ 1 ');
  check('cpu,type=cpu', '', 'crosslayer /cpu//cpu/ 1 ');
  check('cpu,type=nosuch', '', undefined);
});

test('the order of fields of a type that is not known', () => {
  const check = (keys: string[], order: number[] | undefined) =>
    expect(orderOfUnknownType(keys as ByteString[]), keys.join()).toEqual(order);
  check(['value'], [0]);
  check(['0'], [0]);
  check(['1', '0', '2'], [1, 0, 2]);
  check(['0', '2'], undefined);
  check(['1'], undefined);
  check(['rx'], undefined);
  check(['value', '0'], undefined);
  check(['0', '01'], undefined);
});
