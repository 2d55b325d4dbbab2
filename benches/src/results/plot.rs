//! Draws bars as SVG. A crate for plots would be larger, and would not support the dark colour scheme.

use std::fmt::Write;

pub struct Group {
    pub title: String,
    /// One for each series; `None` where nothing was measured.
    pub values: Vec<Option<f64>>,
}

const BAR: f64 = 11.0;
const GAP: f64 = 22.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 74.0;
const HEIGHT: f64 = 200.0;
/// Three lines of words, and what keeps them apart from what comes below.
const BOTTOM: f64 = 70.0;
/// The width of the longest word of a group's title; `TITLE` is that of the title of the whole.
const WORD: f64 = 80.0;
const TITLE: f64 = 860.0;
/// More would make a picture so wide that its text is too small to read on a page.
const MOST_IN_A_ROW: usize = 8;
/// Bars are cut off above this value.
const MOST: f64 = 1.1;
/// A bar that is lower cannot be seen, so it is said that it is there.
const LEAST: f64 = 0.015;

/// By series; they can be told apart on light and dark ground, and by who sees no red or no green.
const COLOURS: [&str; 7] =
    ["#0f7fe0", "#8b949e", "#e69f00", "#d55e00", "#009e73", "#cc79a7", "#a0754b"];

/// The ground is part of it: who shows it may have another than the reader's colour scheme.
const STYLE: &str = "\
text{font:12px system-ui,sans-serif;fill:#1f2328}.title{font-size:14px;font-weight:600}.zero{font-size:10px}\
.ground{fill:#fff}.grid{stroke:#8b949e;stroke-opacity:.35}\
@media(prefers-color-scheme:dark){text{fill:#e6edf3}.ground{fill:#0d1117}}";

pub fn grouped_bars(title: &str, series: &[&str], groups: &[Group]) -> String {
    let wide = BAR * series.len() as f64;
    let group_width = (wide + GAP).max(WORD);
    let rows = groups.len().div_ceil(MOST_IN_A_ROW).max(1);
    let in_a_row = groups.len().div_ceil(rows);
    let width = (LEFT + group_width * in_a_row as f64 + GAP).max(TITLE);
    let height = TOP + (HEIGHT + BOTTOM) * rows as f64;
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" role=\"img\">\n\
         <title>{title}</title>\n<style>{STYLE}</style>\n\
         <rect class=\"ground\" width=\"{width}\" height=\"{height}\" rx=\"6\"/>\n\
         <text class=\"title\" x=\"{LEFT}\" y=\"24\">{title}</text>\n"
    );
    legend(&mut svg, series);
    for (row, groups) in groups.chunks(in_a_row.max(1)).enumerate() {
        let base = TOP + HEIGHT + (HEIGHT + BOTTOM) * row as f64;
        grid(&mut svg, base, width - GAP);
        for (number, group) in groups.iter().enumerate() {
            let x = LEFT + GAP / 2.0 + group_width * number as f64;
            bars(&mut svg, x, base, &group.values);
            for (line, word) in group.title.split(' ').enumerate() {
                let (x, y) = (x + wide / 2.0, base + 18.0 + 15.0 * line as f64);
                put(
                    &mut svg,
                    format_args!(
                        "<text x=\"{x:.1}\" y=\"{y}\" text-anchor=\"middle\">{word}</text>"
                    ),
                );
            }
        }
    }
    svg + "</svg>\n"
}

fn grid(svg: &mut String, base: f64, end: f64) {
    for step in 0..=5 {
        let share = f64::from(step) / 5.0;
        let y = base - HEIGHT * share / MOST;
        put(svg, format_args!("<path class=\"grid\" d=\"M{LEFT} {y:.1}H{end}\"/>"));
        let x = LEFT - 6.0;
        put(
            svg,
            format_args!(
                "<text x=\"{x}\" y=\"{:.1}\" text-anchor=\"end\">{share:.1}</text>",
                y + 4.0
            ),
        );
    }
}

fn legend(svg: &mut String, series: &[&str]) {
    let mut x = LEFT;
    for (name, colour) in series.iter().zip(COLOURS.iter().cycle()) {
        put(
            svg,
            format_args!("<rect x=\"{x}\" y=\"40\" width=\"11\" height=\"11\" fill=\"{colour}\"/>"),
        );
        put(svg, format_args!("<text x=\"{}\" y=\"50\">{name}</text>", x + 16.0));
        x += 36.0 + 7.2 * name.len() as f64;
    }
}

fn bars(svg: &mut String, left: f64, base: f64, values: &[Option<f64>]) {
    for (number, (value, colour)) in values.iter().zip(COLOURS.iter().cycle()).enumerate() {
        let x = left + BAR * number as f64;
        let Some(value) = value else { continue };
        if *value < LEAST {
            let (x, y) = (x + BAR / 2.0, base - 3.0);
            put(
                svg,
                format_args!(
                    "<text class=\"zero\" x=\"{x}\" y=\"{y}\" text-anchor=\"middle\" style=\"fill:{colour}\">0</text>"
                ),
            );
            continue;
        }
        let height = HEIGHT * value.min(MOST) / MOST;
        let (y, wide) = (base - height, BAR - 1.0);
        put(
            svg,
            format_args!(
                "<rect x=\"{x}\" y=\"{y:.1}\" width=\"{wide}\" height=\"{height:.1}\" fill=\"{colour}\">\
                 <title>{value:.3}</title></rect>"
            ),
        );
    }
}

fn put(svg: &mut String, element: std::fmt::Arguments<'_>) {
    writeln!(svg, "{element}").expect("to a string");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_has_its_bar_or_its_zero() {
        let values = vec![Some(0.5), Some(0.0), None, Some(7.0)];
        let groups = [Group { title: "two words".into(), values }];
        let svg = grouped_bars("shares", &["a", "b", "c", "d"], &groups);
        assert_eq!(svg.matches("</title></rect>").count(), 2);
        assert_eq!(svg.matches(">0</text>").count(), 1);
        // A bar that is too high ends at the top of the plot.
        assert!(svg.contains("y=\"74.0\" width=\"10\" height=\"200.0\""), "{svg}");
        assert!(svg.contains(">two</text>") && svg.contains(">words</text>"));
    }

    #[test]
    fn many_groups_stand_in_rows_of_the_same_width() {
        let group = |number: usize| Group { title: format!("g{number}"), values: vec![Some(0.5)] };
        let svg = |count| grouped_bars("shares", &["a"; 7], &Vec::from_iter((0..count).map(group)));
        let (one, two) = (svg(8), svg(16));
        let size = |svg: &str| {
            let numbers = svg.split('"').nth(3).expect("a view box").to_string();
            numbers.split(' ').map(|number| number.parse().expect("a number")).collect::<Vec<f64>>()
        };
        assert_eq!(size(&one)[2], size(&two)[2]);
        assert_eq!(size(&two)[3] - size(&one)[3], HEIGHT + BOTTOM);
        assert_eq!(two.matches("class=\"grid\"").count(), 12);
        // The ninth stands where the first does, below it.
        let place = |title: &str| {
            let (before, _) = two.split_once(&format!(">{title}</text>")).expect(title);
            let place = before.rsplit("<text ").next().expect("its place").to_string();
            place.split('"').nth(1).map(String::from)
        };
        assert_eq!(place("g0"), place("g8"));
    }
}
