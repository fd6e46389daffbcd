import type { LineHead } from '../../shared/collectd-lines/line-head.ts';
import { isAlert, notificationIdentifier } from '../../shared/collectd-lines/line-notification.ts';
import type { Identifier } from '../../shared/collectd-protocol/identifier.ts';
import type { ByteString } from '../../shared/line-protocol/byte-string.ts';
import type { FieldUse, HeadPlan } from './head-plan.ts';
import type { RuleMatch } from './map-rules.ts';
import type { TargetMaker } from './target-maker.ts';

const EMPTY = '' as ByteString;

/** Lines that are events. An entry may say what they are about. */
export class NotificationPlan implements HeadPlan {
  readonly interval = undefined;
  readonly stays = true;
  readonly head: LineHead;
  /** What the events are about; every part may be empty. */
  readonly identifier: Identifier;

  constructor(head: LineHead, maker: TargetMaker, matches: readonly RuleMatch[]) {
    this.head = head;
    const { host, plugin, pluginInstance, type, typeInstance } = notificationIdentifier(head);
    const own = { host, plugin, plugin_instance: pluginInstance, type, type_instance: typeInstance };
    const renaming = matches.find(({ rule }) => !rule.takesFields);
    const { parts } = maker.parts(renaming, own, [], EMPTY, { type, type_instance: typeInstance });
    this.identifier = maker.eventIdentifier(parts, isAlert(head));
  }

  useOf(): FieldUse {
    return { kind: 'left_out' };
  }
}
