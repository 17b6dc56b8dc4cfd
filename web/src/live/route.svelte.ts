export type Route =
  | { page: "pool" }
  | { page: "account"; account: string | null }
  | { page: "risk" }
  | { page: "replay" };

/** Where in the dashboard the reader is: the part of the address after the hash. */
class Router {
  current = $state.raw<Route>(read(location.hash));

  constructor() {
    addEventListener("hashchange", () => {
      this.current = read(location.hash);
      scrollTo(0, 0);
    });
  }
}

function read(hash: string): Route {
  const [page, rest] = hash.replace(/^#\/?/, "").split("/");
  switch (page) {
    case "account":
      return { page, account: rest ? decodeURIComponent(rest) : null };
    case "risk":
    case "replay":
      return { page };
    default:
      return { page: "pool" };
  }
}

export function toAccount(account: number | string): string {
  return `#/account/${encodeURIComponent(account)}`;
}

export const router = new Router();
