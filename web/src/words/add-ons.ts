// What an add-on charges for, in a few words.
import type { AddOn } from "@cistern/client";

export function addOn(charged: AddOn): string {
  switch (charged.type) {
    case "pool_share":
      return `The pool has much ${charged.spec.asset} already`;
    case "open_interest":
      return `Much is open in ${charged.spec.market} already`;
    case "wrong_way":
      return `${charged.spec.asset} fails with positions in ${charged.spec.factor}`;
    case "depeg":
      return `${charged.spec.asset} is below its peg`;
  }
}
