import { describe, expect, test } from 'vitest';
import { unknownTypes } from '../../../plugins/collectd_out/known-types.ts';
import { TextDoor } from '../../../plugins/collectd_out/text-door.ts';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import type { Notification } from '../../../shared/collectd-protocol/notification.ts';
import { parseTypesDb } from '../../../shared/collectd-protocol/types-db.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { mappingInto, type Settings, TEST_TYPES } from './text-of-lines.ts';

const TIME = 1_700_000_000_000_000_000n;

function started(settings: Settings = {}) {
  const door = new TextDoor(new FakeContext().stats);
  const mapped = mappingInto(door, settings);
  return {
    ...mapped,
    put(lines: string): string[] {
      mapped.read(lines);
      return door.take().toString('latin1').split('\n').slice(0, -1);
    },
  };
}

describe('what is remembered of heads', () => {
  test('changes nothing, in whatever order they come', () => {
    const line = (n: number, fields: string) => `m,host=h,n=${n} ${fields} 5000000000`;
    const { put } = started();
    const orders = [
      [1, 2, 3, 1, 2, 3],
      [1, 2, 2, 3, 1, 3, 2],
      [3, 2, 1],
    ];
    for (const order of orders) {
      expect(put(order.map((n) => line(n, 'a=1,b=2i')).join('\n'))).toEqual(
        order.flatMap((n) => [`PUTVAL h/m-${n}/gauge-a 5:1`, `PUTVAL h/m-${n}/derive-b 5:2`]),
      );
    }
    // other fields, another order of them, keys that begin alike
    expect(put(line(1, 'b=2i,a=1'))).toEqual(['PUTVAL h/m-1/derive-b 5:2', 'PUTVAL h/m-1/gauge-a 5:1']);
    expect(put(line(1, 'a=1,c=2'))).toEqual(['PUTVAL h/m-1/gauge-a 5:1', 'PUTVAL h/m-1/gauge-c 5:2']);
    expect(put(line(1, 'ab=1,b=2i'))).toEqual(['PUTVAL h/m-1/gauge-ab 5:1', 'PUTVAL h/m-1/derive-b 5:2']);
    expect(put(line(1, 'a=1,b=2.5'))).toEqual(['PUTVAL h/m-1/gauge-a 5:1', 'PUTVAL h/m-1/gauge-b 5:2.5']);
    // a value does not stay for the next line of the list
    const load = (fields: string) => put(`collectd_load,host=h,type=load ${fields} 5000000000`);
    expect(load('shortterm=1,midterm=2,longterm=3')).toEqual(['PUTVAL h/load/load 5:1:2:3']);
    expect(load('midterm=4')).toEqual(['PUTVAL h/load/load 5:U:4:U']);
    // fields of one list that come one after the other
    const load2 = (fields: string) => put(`collectd_load,host=i,type=load ${fields} 5000000000`);
    expect(load2('midterm=4')).toEqual(['PUTVAL i/load/load 5:U:4:U']);
    expect(load2('shortterm=1,midterm=2')).toEqual(['PUTVAL i/load/load 5:1:2:U']);
    expect(load2('longterm=3,shortterm=1,midterm=2')).toEqual(['PUTVAL i/load/load 5:1:2:3']);
    const system = (fields: string) => put(`system,host=h ${fields} 5000000000`);
    expect(system('load5=4')).toEqual(['PUTVAL h/load/load 5:U:4:U']);
    expect(system('uptime=7i,load1=1,load5=2')).toEqual(['PUTVAL h/uptime/uptime 5:7', 'PUTVAL h/load/load 5:1:2:U']);
    // a field of another kind than before
    expect(put(line(1, 'b=2'))).toEqual(['PUTVAL h/m-1/gauge-b 5:2']);
    expect(put(line(1, 'b=2i'))).toEqual(['PUTVAL h/m-1/derive-b 5:2']);
    expect(put(line(1, 'b="x"'))).toEqual([]);
    // the last of equal fields counts
    expect(load('midterm=4,midterm=5')).toEqual(['PUTVAL h/load/load 5:U:5:U']);
  });

  test('is every series that comes round, up to the number of the option', () => {
    const { put, said, mapping } = started({ maxSeries: 5000 });
    const cycle = (series: number) => {
      for (let n = 0; n < series; n += 1000) {
        const lines = Array.from({ length: 1000 }, (_, i) => `m,host=h,n=${n + i} a=1 5000000000`);
        expect(put(lines.join('\n')).length).toBe(1000);
      }
    };
    for (let round = 0; round < 6; round++) cycle(5000);
    expect(mapping.rememberedHeads).toBe(5000);
    expect(said()).toEqual([]);
    for (let round = 0; round < 4; round++) cycle(20_000);
    expect(mapping.rememberedHeads).toBeLessThanOrEqual(10_002);
    expect(said().join()).toMatch(/heads forgotten/);
  });

  test('is looked at anew when other types are known', () => {
    const { put, said, mapping } = started();
    const line = 'collectd_x,host=h,type=pair a=1i,b=2i 5000000000';
    expect(put(line)).toEqual([]);
    expect(said()).toEqual([expect.stringContaining('"pair" is in no types.db') as string]);
    const db = { name: 'new', bytes: Buffer.from('pair a:DERIVE:U:U b:DERIVE:U:U\n') };
    mapping.useTypes(parseTypesDb([db]).types);
    expect(put(line)).toEqual(['PUTVAL h/x/pair 5:1:2']);
  });

  test('is bounded for the fields of one head', () => {
    const { put } = started();
    expect(put('m,host=h,n=1 a=1 5000000000')).toEqual(['PUTVAL h/m-1/gauge-a 5:1']);
    for (let n = 0; n < 20_000; n += 100) {
      const fields = Array.from({ length: 100 }, (_, i) => `f${n + i}=1`).join();
      expect(put(`m,host=h,n=1 ${fields} 5000000000`).length).toBe(100);
    }
    expect(put('m,host=h,n=1 f7=1 5000000000')).toEqual(['PUTVAL h/m-1/gauge-f7 5:1']);
  });
});

describe('what collectd may send back', () => {
  const names = (parts: Partial<Notification>) =>
    ({ host: 'h', plugin: '', pluginInstance: '', type: '', typeInstance: '', ...parts }) as Notification;

  test('is noted when somebody asks', () => {
    const { put, emitted } = started();
    const list = names({ plugin: 'x' as ByteString, type: 'gauge' as ByteString });
    put(`collectd_x,host=h,type=gauge value=1 ${TIME}`);
    expect(emitted.hasValueList(list, cdtimeOfNs(TIME))).toBe(false);
    emitted.isWatched = true;
    put(`collectd_x,host=h,type=gauge value=1 ${TIME}`);
    put(`collectd_notification,host=h,severity=okay message="m" ${TIME}`);
    expect(emitted.hasValueList(list, cdtimeOfNs(TIME))).toBe(true);
    expect(emitted.hasValueList(list, cdtimeOfNs(TIME + 10_000_000_000n))).toBe(false);
    const event = names({ severity: 'okay', time: cdtimeOfNs(TIME), message: 'm' as ByteString, meta: [] });
    expect(emitted.hasNotification(event)).toBe(true);
  });

  test('is not noted when it was refused', () => {
    const { put, emitted } = started();
    emitted.isWatched = true;
    put(
      `collectd_x,host=h,type=if_octets rx=1i ${TIME}\ncollectd_notification,host=h,severity=okay message="" ${TIME}`,
    );
    expect(emitted.isEmpty).toBe(true);
  });
});

test('types that an entry names and nobody knows are told at the start', () => {
  const check = (entry: object, expected: string[]) =>
    expect(unknownTypes([{ measurement: 'm', ...entry }], TEST_TYPES)).toEqual(expected);
  check({}, []);
  check({ type: 'gauge' }, []);
  check({ type: 'if_octets' }, []);
  check({ type: '{t}', fields: ['a'] }, []);
  check({ type: 'if_octets', fields: ['a', 'b'] }, []);
  check({ type: 'fx_gauges', fields: ['a', 'b', 'c'] }, []);
  check({ type: 'nosuch', fields: ['a'] }, ['Entry of "map" for "m": type "nosuch" is in no types.db']);
  check({ type: 'if_octets', fields: ['a'] }, [
    'Entry of "map" for "m": type "if_octets" has 2 values, and the entry 1',
  ]);
});
