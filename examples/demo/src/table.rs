//! The table of what the clients got, and what it means.

/// One line of the table.
#[derive(Clone)]
pub(crate) struct Row {
    pub(crate) sent: &'static str,
    pub(crate) naive: String,
    pub(crate) guarded: String,
    /// The response that the guarded server had to send.
    pub(crate) promised: String,
}

impl Row {
    fn is_kept(&self) -> bool {
        self.guarded == self.promised
    }
}

pub(crate) fn print(rows: &[Row]) {
    let mut lines = vec![["what was sent", "naive", "guarded"]];
    lines.extend(rows.iter().map(|row| [row.sent, &row.naive, &row.guarded]));
    let width =
        |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths = [width(0), width(1), width(2)];

    println!();
    for (number, line) in lines.iter().enumerate() {
        let cells = [0, 1, 2].map(|column| format!("{:1$}", line[column], widths[column]));
        println!("| {} |", cells.join(" | "));
        if number == 0 {
            println!("|-{}-|", widths.map(|width| "-".repeat(width)).join("-|-"));
        }
    }
    println!();
}

/// Prints the meaning of the table. Returns the exit code.
pub(crate) fn verdict(rows: &[Row]) -> i32 {
    let broken: Vec<_> = rows.iter().filter(|row| !row.is_kept()).collect();
    if broken.is_empty() {
        println!(
            "The naive server was half broken after the first faults: its heartbeat answered, its \
             users got nothing; blocked threads silenced it altogether. \
             In the guarded one each fault cost its own request and no other."
        );
        return 0;
    }
    for row in broken {
        println!("Broken promise: {}: promised {}, got {}", row.sent, row.promised, row.guarded);
    }
    1
}
