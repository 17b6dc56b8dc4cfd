import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vite";

/** The node that `npm run dev` shows; CISTERN_PORT names another than the default one. */
const node = `127.0.0.1:${process.env.CISTERN_PORT ?? "7070"}`;

export default defineConfig({
  plugins: [svelte()],
  server: { proxy: { "/v1/ws": { target: `ws://${node}`, ws: true }, "/v1": `http://${node}` } },
  build: {
    target: "es2022",
    // The policy of the page allows its own files only: nothing may be inlined as a data address.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
});
