export { delay } from "./backoff.ts";
export { Http, type RequestOptions } from "./http.ts";
export { Refusal } from "./refusal.ts";
export { Stream, type Link, type LinkState, type SocketLike, type StreamOptions, type Update } from "./stream.ts";
export type * from "./shapes.ts";
