/** The part of a host name that stays the same whether the domain is written or not: the first label, without case. */
export function firstLabel(name: string): string {
  const dot = name.indexOf('.');
  return (dot < 0 ? name : name.slice(0, dot)).toLowerCase();
}

/** Whether two names are of one machine. */
export function sameNode(a: string, b: string): boolean {
  return firstLabel(a) === firstLabel(b);
}
