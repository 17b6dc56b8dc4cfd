import { mount } from "svelte";

import App from "./App.svelte";
import "./style/tokens.css";
import "./style/base.css";
import { theme } from "./live/theme.svelte.ts";

theme.apply();

const target = document.getElementById("app");
if (!target) throw new Error("the page has no place for the dashboard");
mount(App, { target });
