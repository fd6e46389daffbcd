import { describe, expect, test } from 'vitest';
import { entryProblems, type MapEntry, MapRule } from '../../../plugins/collectd_out/map-rules.ts';
import { PartTemplate } from '../../../plugins/collectd_out/part-template.ts';
import { RuleTable } from '../../../plugins/collectd_out/rule-table.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { type Settings, textOf } from './text-of-lines.ts';

const byteString = (text: string) => text as ByteString;

describe('a template', () => {
  const check = (template: string, expected: string) => {
    const values: Record<string, string> = {
      vm: 'web-1',
      port: '80',
      path: '/var/lib',
      root: '/',
      none: '',
      'a b': 'c',
    };
    const rendered = new PartTemplate(template).render({
      value: (name) => values[name] as ByteString | undefined,
      star: (name) => (name === 'cpu' ? byteString('7') : undefined),
    });
    expect(rendered, template).toBe(expected);
  };

  test('is text and what the line has', () => {
    check('', '');
    check('fixed', 'fixed');
    check('{vm}', 'web-1');
    check('{vm}.{port}', 'web-1.80');
    check('{absent}x{none}', 'x');
    check('cpu{cpu*}{vm*}', 'cpu7');
    check('{a b}', 'c');
    check('{path:mount} {root:mount} {absent:mount}', 'var-lib root ');
    check('ü', '\xc3\xbc');
  });

  test('leaves out what is in brackets where a name has no value', () => {
    check('a[-{vm}]', 'a-web-1');
    check('a[-{absent}]b', 'ab');
    check('a[-{vm}-{none}]b[{port}]', 'ab80');
    check('[{cpu*}][{vm*}]', '7');
  });

  test('takes characters as they are behind a backslash', () => {
    check('\\{vm\\}', '{vm}');
    check('\\[a\\]', '[a]');
    check('a\\\\', 'a\\');
    check('a\\', 'a\\');
  });

  test('says what is wrong with it', () => {
    const refuse = (template: string, why: string) => expect(() => new PartTemplate(template), template).toThrow(why);
    refuse('{vm', '"{" has no "}"');
    refuse('{}', '"{}" is none of');
    refuse('{vm:upper}', '"{vm:upper}" is none of');
    refuse('vm}', '"}" stands alone');
    refuse('[{vm}', '"[" has no "]"');
    refuse('a]', '"]" stands alone');
    refuse('[a]', 'no {name} in the brackets');
    refuse('[[{vm}]]', 'brackets cannot stand in brackets');
  });
});

describe('an entry', () => {
  test('that is wrong says why', () => {
    const check = (entry: Partial<MapEntry>, problems: [string, string][]) =>
      expect(entryProblems({ measurement: 'm', ...entry })).toEqual(problems);
    check({}, []);
    check({ fields: ['a', 'b'] }, [['fields', 'several fields are the values of one list: say of which "type"']]);
    check({ fields: ['a', 'b*'], type: 't' }, [['fields', 'a glob must be the only one; write an entry for each']]);
    check({ fields: ['a', 'a'], type: 't' }, [['fields', 'a field stands here twice']]);
    check({ fields: ['[a'] }, [['fields', expect.stringContaining('"["') as string]]);
    check({ plugin: '{x' }, [['plugin', '"{" has no "}"']]);
    check({ plugin: '{x*}' }, [
      ['', '"{x*}" needs a glob for x in this entry, with one * and no other special character'],
    ]);
    check({ plugin: '{x*}', tags: { x: '*-[ab]' } }, [['', expect.stringContaining('"{x*}" needs a glob')]]);
    check({ plugin: '{x*}{measurement*}{field*}', tags: { x: 'a*' }, measurement: '*', fields: ['*'] }, []);
  });

  test('knows what its stars stood for', () => {
    const rule = new MapRule({ measurement: 'a*c', tags: { t: '*' }, fields: ['usage_*'] });
    const match = (measurement: string, tags: Record<string, string>) =>
      new RuleTable([rule]).matching({
        measurement: byteString(measurement),
        tags: new Map(Object.entries(tags)) as never,
      })[0];
    expect([...(match('a-b-c', { t: 'x' })?.stars ?? [])]).toEqual([
      ['measurement', '-b-'],
      ['t', 'x'],
    ]);
    expect(match('ac', { t: 'x' })?.stars.get(byteString('measurement'))).toBe('');
    expect(match('a', { t: 'x' })).toBeUndefined();
    expect(match('ac', {})).toBeUndefined();
    expect(rule.fieldStar(byteString('usage_idle'))).toBe('idle');
    expect([rule.takes(byteString('usage_idle')), rule.takes(byteString('idle'))]).toEqual([true, false]);
  });
});

const check = (map: MapEntry[], line: string, expected: string[], said: string[] = [], settings: Settings = {}) => {
  const read = textOf(`${line} 5000000000`, { map, ...settings });
  expect({ text: read.text.map((put) => put.replace(/^PUTVAL (.*) 5:/, '$1 ')), said: read.said }, line).toEqual({
    text: expected,
    said,
  });
};

describe('metrics', () => {
  test('go where the first entry for their field says, else where the default map does', () => {
    const map: MapEntry[] = [
      { measurement: 'net', tags: { interface: 'eth*' }, fields: ['bytes_recv'], type: 'gauge', plugin_instance: 'x' },
      { measurement: 'n*', fields: ['bytes_recv', 'packets_recv'], type: 'if_octets' },
      { measurement: 'net', fields: ['speed'], type: 'gauge', type_instance: 'first' },
      { measurement: 'net', fields: ['speed'], type: 'gauge', type_instance: 'second' },
    ];
    // the second entry would get only one of its two fields, so it counts for nothing; nor does if_octets of the default map
    check(
      map,
      'net,host=h,interface=eth0 bytes_recv=1i,packets_recv=2i,speed=3i',
      ['h/net-x/gauge 1', 'h/net-eth0/derive-packets_recv 2', 'h/net-eth0/gauge-first 3'],
      ['1 tags left out'],
    );
    check(map, 'net,host=h,interface=lo bytes_recv=1i,packets_recv=2i', ['h/net-lo/if_octets 1:2']);
  });

  test('have the parts that no template names', () => {
    check([{ measurement: 'm', fields: ['a'], type: 'gauge' }], 'm,host=h,z=1,y=2 a=1', ['h/m-2-1/gauge 1']);
    check([{ measurement: 'm', fields: ['a'] }], 'm,host=h a=1', ['h/m/gauge-a 1']);
    check([{ measurement: 'm', fields: ['a*'], type: 'gauge' }], 'm,host=h a=1,ab=2', [
      'h/m/gauge-a 1',
      'h/m/gauge-ab 2',
    ]);
    check([{ measurement: 'm', fields: ['*'], type: 'gauge', plugin: '{y}' }], 'm,host=h,z=1,y=2 a=1', [
      'h/2-1/gauge-a 1',
    ]);
    check(
      [{ measurement: 'm', fields: ['*'], type: 'gauge', plugin_instance: '' }],
      'm,host=h,z=1 a=1',
      ['h/m/gauge-a 1'],
      ['1 tags left out'],
    );
    check([{ measurement: 'm', plugin: 'p', plugin_instance: '{z}' }], 'm,host=h,z=1 a=1,b=2i', [
      'h/p-1/gauge-a 1',
      'h/p-1/derive-b 2',
    ]);
    check([{ measurement: 'm', host: '{z}' }], 'm,host=h,z=1 a=1', ['1/m/gauge-a 1']);
  });

  test('that an entry gives to a type with other values', () => {
    check(
      [{ measurement: 'm', fields: ['a', 'b'], type: 'gauge' }],
      'm,host=h a=1,b=2',
      [],
      [
        'unknown_type: Line "m,host=h" is no value list: it needs a type of 2 values, and type "gauge" has one value in types.db',
      ],
    );
    check(
      [{ measurement: 'm', fields: ['a'], type: '{t}' }],
      'm,host=h,t=nosuch a=1',
      [],
      [
        'unknown_type: Line "m,host=h,t=nosuch" is no value list: field "a" needs a type of one value, and type "nosuch" is in no types.db',
      ],
    );
  });

  test('without an entry, dropped or mapped', () => {
    check(
      [],
      'm,host=h a=1,b="x",c=2i,d=f,e=3u',
      ['h/m/gauge-a 1', 'h/m/derive-c 2', 'h/m/gauge-d 0', 'h/m/derive-e 3'],
      ['1 fields left out'],
    );
    check([], 'm,host=h a=1,c=2i', [], ['2 fields left out'], { unmapped: 'drop' });
    check([], 'm,host=h a=9223372036854775808u', [], [expect.stringContaining('bad_value') as string]);
    // a field that changes its kind
    check([], 'm,host=h a=1 5000000000\nm,host=h a=2i', ['h/m/gauge-a 1', 'h/m/derive-a 2']);
  });

  test('with more in their tags than a name has room for', () => {
    const long = (end: string) => `m,host=h,t=${'x'.repeat(126)}${end} a=1`;
    const [one, two] = [textOf(long('ü1')), textOf(long('ü2'))];
    expect(one.text[0]).toMatch(/^PUTVAL h\/m-x{118}~[0-9a-f]{8}\/gauge-a /);
    expect(one.text).not.toEqual(two.text);
    expect(one.said).toEqual([expect.stringContaining('shortened')]);
    // not within a character
    const cut = textOf(`m,host=h,t=${'x'.repeat(117)}\xc3\xbc${'y'.repeat(20)} a=1`);
    expect(cut.text[0]).toMatch(/^PUTVAL h\/m-x{117}~[0-9a-f]{8}\/gauge-a /);
  });
});

describe('value lists', () => {
  const map: MapEntry[] = [
    {
      measurement: 'collectd_virt',
      tags: { vm_name: '*' },
      host: '{vm_name}',
      plugin_instance: '{host}[-{plugin_instance}]',
    },
    { measurement: 'collectd_x', fields: ['value'], plugin: 'no' },
  ];

  test('are renamed by an entry without fields', () => {
    check(map, 'collectd_virt,host=i-1,type=if_octets,type_instance=tap0,vm_name=web rx=1i,tx=2i', [
      'web/virt-i-1/if_octets-tap0 1:2',
    ]);
    check(map, 'collectd_virt,host=i-1,plugin_instance=p,type=gauge,vm_name=web value=1', ['web/virt-i-1-p/gauge 1']);
    check(map, 'collectd_virt,host=i-1,type=gauge value=1', ['i-1/virt/gauge 1']);
    // also those of a type that is not known
    check(map, 'collectd_virt,host=i-1,type=nosuch,vm_name=web value=1', ['web/virt-i-1/nosuch 1']);
    // an entry with fields is for metrics
    check(map, 'collectd_x,host=h,type=gauge value=1', ['h/x/gauge 1']);
  });

  test('have tags as meta data', () => {
    const settings = { metaTags: ['vm.id', 'sfc', 'absent'] };
    check(
      [],
      'collectd_x,host=h,type=gauge,sfc=a\\ "b\\\\c,vm.id=1,z=2 value=1',
      ['h/x/gauge meta:vm_id="\\"1\\"" meta:sfc="\\"a \\"b\\\\\\\\c\\"" 1'],
      ['1 tags left out'],
      settings,
    );
    check([], 'm,host=h,sfc=a v=1', ['h/m/gauge-v meta:sfc="\\"a\\"" 1'], [], settings);
    // as much as there is room for
    const tags = `sfc=${'x'.repeat(390)},vm.id=${'y'.repeat(20)}`;
    check(
      [],
      `m,host=h,${tags} v=1`,
      [`h/m/gauge-v meta:vm_id="\\"${'y'.repeat(20)}\\"" 1`],
      ['1 tags left out'],
      settings,
    );
  });
});
