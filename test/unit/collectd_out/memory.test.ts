import { describe, expect, test } from 'vitest';
import { unknownTypes } from '../../../plugins/collectd_out/known-types.ts';
import { TextDoor } from '../../../plugins/collectd_out/text-door.ts';
import { cdtimeOfNs } from '../../../shared/collectd-protocol/cdtime.ts';
import type { Notification } from '../../../shared/collectd-protocol/notification.ts';
import type { ByteString } from '../../../shared/line-protocol/byte-string.ts';
import { FakeContext } from '../../support/fake-context.ts';
import { mappingInto, TEST_TYPES } from './text-of-lines.ts';

const TIME = 1_700_000_000_000_000_000n;

function started() {
  const door = new TextDoor(new FakeContext().stats);
  const mapped = mappingInto(door);
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
    // the last of equal fields counts
    expect(load('midterm=4,midterm=5')).toEqual(['PUTVAL h/load/load 5:U:5:U']);
  });

  test('is bounded, for heads and for fields of one head', () => {
    const { put, said, mapping } = started();
    const most = () => mapping.rememberedHeads;
    for (let n = 0; n < 100_000; n += 1000) {
      const lines = Array.from({ length: 1000 }, (_, i) => `m,host=h,n=${n + i} a=1 5000000000`);
      expect(put(lines.join('\n')).length).toBe(1000);
    }
    expect(most()).toBeLessThan(40_000);
    expect(said().join()).toMatch(/heads forgotten/);
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
