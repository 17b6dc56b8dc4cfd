export type Choice = "system" | "light" | "dark";

const KEY = "cistern.theme";
const ORDER: Choice[] = ["system", "light", "dark"];

/** Light or dark: as the system has it, unless the reader chose. */
class Theme {
  choice = $state<Choice>(kept());

  /** The next choice in turn. */
  turn(): void {
    this.choice = ORDER[(ORDER.indexOf(this.choice) + 1) % ORDER.length] ?? "system";
    this.apply();
    try {
      localStorage.setItem(KEY, this.choice);
    } catch {
      // A browser that keeps nothing still shows what was chosen.
    }
  }

  apply(): void {
    const root = document.documentElement;
    if (this.choice === "system") delete root.dataset.theme;
    else root.dataset.theme = this.choice;
  }
}

function kept(): Choice {
  try {
    const value = localStorage.getItem(KEY);
    return ORDER.find((choice) => choice === value) ?? "system";
  } catch {
    return "system";
  }
}

export const theme = new Theme();
