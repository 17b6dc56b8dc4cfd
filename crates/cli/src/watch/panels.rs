//! The panels of the view.

use ratatui::{
    Frame,
    layout::{Alignment, Constraint, Layout, Rect},
    style::{Color, Style, Stylize},
    symbols::Marker,
    text::{Line, Span},
    widgets::{
        Axis, Bar, BarChart, BarGroup, Block, Cell, Chart, Dataset, Gauge, GraphType, Paragraph, Row, Table,
    },
};

use super::view::{Film, Playing};
use crate::trail::{change, clock, shown, shown_price};

pub(super) fn draw(frame: &mut Frame<'_>, film: &Film) {
    let [head, body, foot] =
        Layout::vertical([Constraint::Length(3), Constraint::Fill(1), Constraint::Length(1)])
            .areas(frame.area());
    let [left, right] = Layout::horizontal([Constraint::Length(40), Constraint::Fill(1)]).areas(body);
    let rows = u16::try_from(film.scene.quotes.len()).unwrap_or(8) + 2;
    let [prices, pool, health] =
        Layout::vertical([Constraint::Length(rows), Constraint::Length(11), Constraint::Fill(1)]).areas(left);
    let [curve, feed] = Layout::vertical([Constraint::Percentage(55), Constraint::Fill(1)]).areas(right);
    draw_head(frame, film, head);
    draw_prices(frame, film, prices);
    draw_pool(frame, film, pool);
    draw_health(frame, film, health);
    draw_curve(frame, film, curve);
    draw_feed(frame, film, feed);
    let (checks, recounts) = film.scene.checks;
    let proof = format!("{checks} checks and {recounts} recounts, none failed    q quits    space holds");
    frame.render_widget(Line::from(proof).dim().alignment(Alignment::Center), foot);
}

fn draw_head(frame: &mut Frame<'_>, film: &Film, area: Rect) {
    let state = match film.state {
        Playing::Runs => "",
        Playing::Held => "  held",
        Playing::Over => "  over: q shows the report",
    };
    let title = " 12-13 March 2020, reconstructed from published figures; three simulated sources ";
    let label = format!("{} of {:.0} h{state}", clock(film.scene.now_ms, film.start_ms).trim(), film.hours());
    let gauge = Gauge::default().block(Block::bordered().title(title)).gauge_style(Color::Blue);
    frame.render_widget(gauge.label(label).ratio(film.gone()), area);
}

fn draw_prices(frame: &mut Frame<'_>, film: &Film, area: Rect) {
    let rows = film.scene.quotes.iter().map(|quote| {
        let change = change(quote);
        let color = if change < -0.05 { Color::Red } else { Color::Green };
        Row::new([
            Cell::from(quote.symbol.to_string()).bold(),
            Cell::from(Line::from(shown_price(quote.price)).alignment(Alignment::Right)),
            Cell::from(Line::from(format!("{change:+.1} %")).alignment(Alignment::Right)).fg(color),
        ])
    });
    let widths = [Constraint::Length(10), Constraint::Fill(1), Constraint::Length(10)];
    frame.render_widget(Table::new(rows, widths).block(Block::bordered().title(" prices ")), area);
}

fn draw_pool(frame: &mut Frame<'_>, film: &Film, area: Rect) {
    let scene = &film.scene;
    let row = |label: &'static str, value: String| {
        Row::new([Cell::from(label), Cell::from(Line::from(value).alignment(Alignment::Right)).bold()])
    };
    let rows = [
        row("crowd at risk", scene.at_risk.to_string()),
        row("their equity", shown(scene.equity)),
        row("their requirement", shown(scene.requirement)),
        row("insurance fund", shown(scene.fund)),
        row("bad debt", shown(scene.bad_debt)),
        row("accounts liquidated", scene.liquidated.to_string()),
        row("steps", scene.steps.to_string()),
        row("entries", scene.entries.to_string()),
        row("ticks", scene.ticks.to_string()),
    ];
    let widths = [Constraint::Length(20), Constraint::Fill(1)];
    frame.render_widget(Table::new(rows, widths).block(Block::bordered().title(" the pool ")), area);
}

fn draw_health(frame: &mut Frame<'_>, film: &Film, area: Rect) {
    let mut bars = Vec::new();
    let mut from = 0;
    for (place, (below, count)) in film.scene.health.iter().enumerate() {
        let label = match below {
            _ if place == 0 => "in breach".to_owned(),
            Some(below) => format!("{:.2} - {:.2}", f64::from(from) / 100.0, *below as f64 / 100.0),
            None => format!("from {:.2}", f64::from(from) / 100.0),
        };
        let color = match place {
            0 => Color::Red,
            1 | 2 => Color::Yellow,
            _ => Color::Green,
        };
        bars.push(Bar::default().label(Line::from(label)).value(*count).style(Style::new().fg(color)));
        from = u32::try_from(below.unwrap_or(0)).unwrap_or(0);
    }
    let chart = BarChart::default().data(BarGroup::default().bars(&bars));
    let chart = chart.direction(ratatui::layout::Direction::Horizontal).bar_width(1).bar_gap(0);
    frame.render_widget(chart.block(Block::bordered().title(" accounts by health ")), area);
}

fn draw_curve(frame: &mut Frame<'_>, film: &Film, area: Rect) {
    let top =
        film.equity.iter().chain(&film.requirement).map(|(_, dollars)| *dollars).fold(1.0, f64::max) * 1.05;
    let curve = |name: &'static str, color: Color, data| {
        let line = Dataset::default().name(name).marker(Marker::Braille).graph_type(GraphType::Line);
        line.style(Style::new().fg(color)).data(data)
    };
    let curves = vec![
        curve("equity", Color::Green, &film.equity),
        curve("requirement", Color::Red, &film.requirement),
    ];
    let hours = film.hours();
    let millions = |part: f64| format!("${:.0}M", top * part / 1e6);
    let y = Axis::default().bounds([0.0, top]).labels([millions(0.0), millions(0.5), millions(1.0)]);
    let x = Axis::default().bounds([0.0, hours]).labels([
        "0 h".to_owned(),
        format!("{:.0} h", hours / 2.0),
        format!("{hours:.0} h"),
    ]);
    let title = " the crowd: equity against requirement ";
    let chart = Chart::new(curves).block(Block::bordered().title(title)).x_axis(x.dim()).y_axis(y.dim());
    frame.render_widget(chart, area);
}

fn draw_feed(frame: &mut Frame<'_>, film: &Film, area: Rect) {
    let lines: Vec<Line<'_>> = film
        .scene
        .feed
        .iter()
        .map(|(step, what)| {
            let penalty = if step.penalty.is_zero() {
                Span::from("taken over whole").red()
            } else {
                Span::from(format!("penalty {}", shown(step.penalty))).dim()
            };
            Line::from(vec![
                Span::from(clock(step.time.as_milliseconds(), film.start_ms)).dim(),
                Span::from(format!("  account {:<6}", step.account.0)),
                Span::from(format!("{:>8}  {what:<16}", shown(step.closed))).bold(),
                penalty,
            ])
        })
        .collect();
    let title = " liquidations ";
    frame.render_widget(Paragraph::new(lines).block(Block::bordered().title(title)), area);
}

#[cfg(test)]
mod tests {
    use cistern_sim::{
        market::reconstructed,
        params,
        replay::{Plan, Replay},
    };
    use ratatui::{Terminal, backend::TestBackend};

    use super::*;

    fn drawn(width: u16, height: u16, state: Playing) -> String {
        let founding = params::baseline().unwrap();
        let plan = Plan { crisis: reconstructed(1), founding, accounts: 200, seed: 1, until: None };
        let mut replay = Replay::new(&plan).unwrap();
        let (start_ms, end_ms) = replay.span_ms();
        let mut film = Film::new(replay.scene(), (start_ms, end_ms));
        film.state = state;
        for _ in 0..800 {
            replay.step().unwrap();
            film.shoot(replay.scene());
        }
        let mut terminal = Terminal::new(TestBackend::new(width, height)).unwrap();
        terminal.draw(|frame| draw(frame, &film)).unwrap();
        terminal.backend().to_string()
    }

    #[test]
    fn a_wide_terminal_shows_everything() {
        let view = drawn(140, 48, Playing::Runs);
        for text in ["BTC", "in breach", "insurance fund", "requirement", "penalty", "none failed", "of 36 h"]
        {
            assert!(view.contains(text), "{text} is missing:\n{view}");
        }
    }

    #[test]
    fn a_small_terminal_shows_what_fits() {
        assert!(drawn(80, 24, Playing::Held).contains("held"));
        drawn(20, 5, Playing::Over);
        drawn(1, 1, Playing::Over);
    }
}
