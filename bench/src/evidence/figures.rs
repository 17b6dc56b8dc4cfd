//! What came of it: figures with what they were designed for, as a table and as JSON.

use std::path::Path;

use super::turns::Times;
use crate::machine;

struct Figure {
    name: String,
    median: f64,
    best: f64,
    goal: String,
}

/// All figures, in the order of their measurement.
#[derive(Default)]
pub(crate) struct Figures(Vec<Figure>);

impl Figures {
    pub(crate) fn add(
        &mut self,
        name: impl Into<String>,
        (median, best): (f64, f64),
        goal: impl Into<String>,
    ) {
        self.0.push(Figure { name: name.into(), median, best, goal: goal.into() });
    }

    /// Nanoseconds of one go.
    pub(crate) fn nanoseconds(&mut self, name: impl Into<String>, times: &Times, goal: impl Into<String>) {
        self.add(name, (times.median(), times.best()), goal);
    }

    /// Milliseconds of one go.
    pub(crate) fn milliseconds(&mut self, name: impl Into<String>, times: &Times, goal: impl Into<String>) {
        self.add(name, (times.median() / 1e6, times.best() / 1e6), goal);
    }

    /// Of `each` in one go, so many a second.
    pub(crate) fn per_second(
        &mut self,
        name: impl Into<String>,
        (times, each): (&Times, usize),
        goal: impl Into<String>,
    ) {
        let rate = |time: f64| 1e9 * each as f64 / time;
        self.add(name, (rate(times.median()), rate(times.best())), goal);
    }

    /// Prints the table, and writes the file where there is to be one.
    pub(crate) fn print(&self, rounds: usize, json: Option<&Path>) -> anyhow::Result<()> {
        let machine = machine::name();
        println!("Machine: {machine}; CPU time of one thread, median of {rounds} rounds in turns\n");
        println!("{:<34} {:>12} {:>12}  designed for", "figure", "median", "best");
        let mut object = serde_json::Map::new();
        object.insert("machine".into(), machine.into());
        for Figure { name, median, best, goal } in &self.0 {
            let digits = if *median >= 100.0 { 0 } else { 3 };
            println!("{name:<34} {median:>12.digits$} {best:>12.digits$}  {goal}");
            object.insert(name.clone(), rounded(*median).into());
            object.insert(format!("{name}_best"), rounded(*best).into());
        }
        if let Some(path) = json {
            std::fs::write(path, serde_json::to_string_pretty(&object)? + "\n")?;
        }
        Ok(())
    }
}

/// To thousandths.
fn rounded(value: f64) -> f64 {
    (value * 1e3).round() / 1e3
}
