import { describe, expect, test } from 'vitest';
import { type Settings, textOf } from './text-of-lines.ts';

const check = (line: string, expected: string | string[], said: string[] = [], settings?: Settings) => {
  const { text, said: heard } = textOf(line, settings);
  expect({ text, said: heard }, line).toEqual({ text: typeof expected === 'string' ? [expected] : expected, said });
};

describe('lines of the naming crosslayer', () => {
  test('are the lists again that they were made of', () => {
    check(
      'collectd_interface,host=h,plugin_instance=eth0,type=if_octets rx=1i,tx=2i 1700000000123456789',
      'PUTVAL h/interface-eth0/if_octets 1700000000.123456789:1:2',
    );
    check(
      'collectd_load,host=h,type=load shortterm=0.1,midterm=2,longterm=-0 1',
      'PUTVAL h/load/load 0.000000001:0.1:2:-0',
    );
    // tags in any order, fields too
    check(
      'collectd_df,type_instance=used,type=df_complex,plugin_instance=root,host=h value=17913442304 1700000000000000000',
      'PUTVAL h/df-root/df_complex-used 1700000000:17913442304',
    );
    check('collectd_x,host=h,type=fx_mixed a=4u,d=-3i,c=2u,g=1.5 5000000000', 'PUTVAL h/x/fx_mixed 5:1.5:2:-3:4');
  });

  test('with every digit of 64 bits', () => {
    const limits = 'd=-9223372036854775808i,c=18446744073709551615u,a=9007199254740993u,g=5e-324';
    check(
      `collectd_x,host=h,type=fx_mixed ${limits} 5000000000`,
      'PUTVAL h/x/fx_mixed 5:5e-324:18446744073709551615:-9223372036854775808:9007199254740993',
    );
    // leading zeros would make an octal number
    check('collectd_x,host=h,type=derive value=0010i 5000000000', 'PUTVAL h/x/derive 5:10');
    check('collectd_x,host=h,type=derive value=-007i 5000000000', 'PUTVAL h/x/derive 5:-7');
    check('collectd_x,host=h,type=derive value=0i 5000000000', 'PUTVAL h/x/derive 5:0');
    check('collectd_x,host=h,type=gauge value=010 5000000000', 'PUTVAL h/x/gauge 5:010');
    // more digits than a number needs
    check(`collectd_x,host=h,type=gauge value=0.1${'0'.repeat(40)} 5000000000`, 'PUTVAL h/x/gauge 5:0.1');
  });

  test('a gauge that is missing is unknown, an integer that is missing costs the list', () => {
    check('collectd_x,host=h,type=fx_gauges b=1 5000000000', 'PUTVAL h/x/fx_gauges 5:U:1:U');
    check('collectd_x,host=h,type=fx_mixed c=2u,d=3i,a=4u 5000000000', 'PUTVAL h/x/fx_mixed 5:U:2:3:4');
    check(
      'collectd_x,host=h,type=if_octets tx=1i 5000000000',
      [],
      ['incomplete: A line has no field "rx", which "h/x/if_octets" needs'],
    );
  });

  test('without a time, before 1970, without a host', () => {
    check('collectd_x,host=h,type=gauge value=1', 'PUTVAL h/x/gauge 1700000000:1');
    check('collectd_x,host=h,type=gauge value=1 0', [], [expect.stringContaining('bad_time') as string]);
    check('collectd_x,host=h,type=gauge value=1 -1', [], [expect.stringContaining('bad_time') as string]);
    check('collectd_x,type=gauge value=1 5000000000', 'PUTVAL me/x/gauge 5:1');
  });

  test('of types that are in no types.db', () => {
    check('collectd_x,host=h,type=nosuch value=1i 5000000000', 'PUTVAL h/x/nosuch 5:1');
    check('collectd_x,host=h,type=nosuch 1=2.5,0=1u 5000000000', 'PUTVAL h/x/nosuch 5:1:2.5');
    check(
      'collectd_x,host=h,type=nosuch 0=1,2=3 5000000000',
      [],
      [
        'unknown_type: Line "collectd_x,host=h,type=nosuch" is no value list: type "nosuch" is in no types.db, so the order of its values is not known',
      ],
    );
    // the sender had another types.db
    check(
      'collectd_x,host=h,type=gauge 0=1,1=2 5000000000',
      [],
      [
        'unknown_type: Line "collectd_x,host=h,type=gauge" is no value list: type "gauge" has one value in types.db, and its sender knew another number',
      ],
    );
  });

  test('have their interval, else the one of the options', () => {
    check('collectd_x,host=h,type=gauge,interval=10 value=1 5000000000', 'PUTVAL h/x/gauge interval=10 5:1');
    check('collectd_x,host=h,type=gauge interval=0.5,value=1 5000000000', 'PUTVAL h/x/gauge interval=0.5 5:1');
    const settings = { interval: 7 };
    check(
      'collectd_x,host=h,type=gauge interval=3i,value=1 5000000000',
      'PUTVAL h/x/gauge interval=3 5:1',
      [],
      settings,
    );
    check('collectd_x,host=h,type=gauge value=1 5000000000', 'PUTVAL h/x/gauge interval=7 5:1', [], settings);
  });

  test('have the interval in whatever way the number is written', () => {
    const written = {
      ...{ '1e1': '10', '10.000': '10', '1.5e-3': '0.0015', '1E8': '100000000', '5.': '5', '.5': '0.5' },
      ...{
        '10u': '10',
        '0.09999999962747097': '0.09999999962747097',
        '1e-8': '0.000000011',
        '0.333333333333333': '0.333333333333333',
      },
      [`1.${'0'.repeat(200_000)}`]: '1',
      [`0.${'3'.repeat(5000)}`]: '0.3333333333333333',
    };
    for (const [text, expected] of Object.entries(written)) {
      check(
        `collectd_x,host=h,type=gauge interval=${text},value=1 5000000000`,
        `PUTVAL h/x/gauge interval=${expected} 5:1`,
      );
    }
    check('collectd_x,host=h,type=gauge,interval=1e1 value=1 5000000000', 'PUTVAL h/x/gauge interval=10 5:1');
  });

  test('go without an interval that is none', () => {
    const bad = ['0', '0i', '-1', '-1i', '1e9', '1e-12', '1e308', '"x"', '"10"', 'true'];
    const lines = bad.map((text) => `collectd_x,host=h,type=gauge interval=${text},value=1 5000000000`);
    const tags = ['x', '0', '-1', '1e99', '9'.repeat(30), `1.${'0'.repeat(5000)}`];
    lines.push(...tags.map((text) => `collectd_x,host=h,type=gauge,interval=${text} value=1 5000000000`));
    for (const line of lines) {
      check(line, 'PUTVAL h/x/gauge 5:1', ['interval left out']);
      check(line, 'PUTVAL h/x/gauge interval=7 5:1', ['interval left out'], { interval: 7 });
    }
  });

  test('of more values than a line can hold are refused', () => {
    const many = Array.from({ length: 1000 }, (_, n) => `${n}=1000000000.${n}`).join();
    const { text, said } = textOf(
      `collectd_x,host=h,type=nosuch ${many} 5000000000\ncollectd_x,host=h,type=gauge value=1 5000000000`,
    );
    expect(text).toEqual(['PUTVAL h/x/gauge 5:1']);
    expect(said).toEqual([expect.stringMatching(/^too_long: A line for "h\/x\/nosuch" would have/) as string]);
  });

  test('lose what has no place, which is said', () => {
    check('collectd_x,host=h,type=gauge,vm_id=1,sfc=2 value=1,loc_lat=2 5000000000', 'PUTVAL h/x/gauge 5:1', [
      '1 fields left out',
      '2 tags left out',
    ]);
    check('collectd_x,host=h,type=gauge value="x" 5000000000', [], ['1 fields left out']);
  });
});

describe('names', () => {
  test('as the text doors need them', () => {
    check('collectd_x,host=h,type=gauge,type_instance=a\\ b value=1 5000000000', 'PUTVAL "h/x/gauge-a b" 5:1');
    check('collectd_x,host=h,plugin_instance=q"\\x,type=gauge value=1 5000000000', 'PUTVAL "h/x-q\\"\\\\x/gauge" 5:1');
    check('collectd_x,host=h,plugin_instance=/var/lib,type=gauge value=1 5000000000', 'PUTVAL h/x-var_lib/gauge 5:1');
    check('collectd_x,host=h,plugin_instance=/,type=gauge value=1 5000000000', 'PUTVAL h/x-root/gauge 5:1');
    // the first hyphen begins the instance, whoever wrote it
    check('collectd_a-b,host=h,plugin_instance=c,type=gauge value=1 5000000000', 'PUTVAL h/a-b-c/gauge 5:1');
  });

  test('that are too long', () => {
    const long = 'x'.repeat(128);
    check(
      `collectd_x,host=${long},type=gauge value=1 5000000000`,
      [],
      [expect.stringContaining('bad_identifier') as string],
    );
    check(
      `collectd_x,host=h,plugin_instance=${long},type=gauge value=1 5000000000`,
      [],
      [expect.stringContaining('plugin_instance') as string],
    );
    const [fits] = [long.slice(1)];
    check(`collectd_x,host=h,plugin_instance=${fits},type=gauge value=1 5000000000`, `PUTVAL h/x-${fits}/gauge 5:1`);
    // quotes are escaped, so the line is what is too long
    const quotes = '"'.repeat(127);
    const tags = `host=${quotes},plugin_instance=${quotes},type=gauge,type_instance=${quotes}`;
    check(`collectd_${quotes},${tags} value=1 5000000000`, [], [expect.stringContaining('too_long') as string]);
  });
});

describe('lines of the naming telegraf_join', () => {
  test('are lists again, of the kinds that types.db has', () => {
    check(
      'interface,host=h,instance=eth0,type=if_octets rx=1250000,tx=420000 1700000000123456789',
      'PUTVAL h/interface-eth0/if_octets 1700000000.123456789:1250000:420000',
    );
    check('x,host=h,type=fx_mixed g=1,c=2,d=-3,a=4 5000000000', 'PUTVAL h/x/fx_mixed 5:1:2:-3:4');
    // as write_influxdb_udp has them
    check('x,host=h,type=fx_mixed g=1.000000,c=2i,d=-3i,a=4i 5000000000', 'PUTVAL h/x/fx_mixed 5:1.000000:2:-3:4');
  });

  test('as long as no digit is lost', () => {
    check('x,host=h,type=derive value=9007199254740993 5000000000', 'PUTVAL h/x/derive 5:9007199254740993');
    check('x,host=h,type=derive value=1e3 5000000000', 'PUTVAL h/x/derive 5:1000');
    check('x,host=h,type=derive value=1e18 5000000000', 'PUTVAL h/x/derive 5:1000000000000000000');
    check('x,host=h,type=derive value=-0 5000000000', 'PUTVAL h/x/derive 5:-0');
    const refused = (line: string, why: string) => check(line, [], [expect.stringMatching(why) as string]);
    refused('x,host=h,type=derive value=1.5 5000000000', '^bad_value: Field "value" has a fraction');
    refused('x,host=h,type=derive value=1e300 5000000000', '^bad_value: .* outside of the range');
    refused('x,host=h,type=derive value=9223372036854775808u 5000000000', '^bad_value: .* outside of the range');
    refused('x,host=h,type=counter value=-1i 5000000000', '^bad_value: .* outside of the range');
    refused('x,host=h,type=gauge value=9007199254740993i 5000000000', '^bad_value: .* would lose digits');
    check('x,host=h,type=gauge value=9007199254740992i 5000000000', 'PUTVAL h/x/gauge 5:9007199254740992');
    check('x,host=h,type=gauge value=t 5000000000', 'PUTVAL h/x/gauge 5:1');
  });

  test('are other metrics where the type or the fields are none of types.db', () => {
    check('x,host=h,type=nosuch value=1 5000000000', 'PUTVAL h/x-nosuch/gauge-value 5:1');
    check('x,host=h,type=if_octets value=1 5000000000', 'PUTVAL h/x-if_octets/gauge-value 5:1');
  });
});

test('malformed lines are no lists', () => {
  check(
    'collectd_x,host=h,type=gauge value=1,, 5\ncollectd_x,host=h,type=gauge value=1 5000000000',
    'PUTVAL h/x/gauge 5:1',
    ['malformed: bad_field_key'],
  );
});
