//! Figures as text.

/// Three digits that mean something.
pub(super) fn figure(value: f64) -> String {
    if value < 9.995 {
        format!("{value:.2}")
    } else if value < 99.95 {
        format!("{value:.1}")
    } else {
        thousands(value)
    }
}

/// A whole number, with a comma after each three digits.
pub(super) fn thousands(value: f64) -> String {
    let digits = format!("{value:.0}");
    let mut text = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// A figure, or that there is none.
pub(super) fn maybe(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), figure)
}

/// How many times as much.
pub(super) fn times(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{} ×", figure(value)))
}

/// A table in Markdown. The first column holds names, the others figures.
pub(super) fn table(head: &[&str], rows: &[Vec<String>]) -> String {
    lines(head, "---:|", rows)
}

/// A table in Markdown that holds text.
pub(super) fn text_table(head: &[&str], rows: &[Vec<String>]) -> String {
    lines(head, "---|", rows)
}

fn lines(head: &[&str], align: &str, rows: &[Vec<String>]) -> String {
    let columns = align.repeat(head.len().saturating_sub(1));
    let head = format!("| {} |\n|---|{columns}\n", head.join(" | "));
    let rows = rows.iter().map(|row| format!("| {} |\n", row.join(" | ")));
    std::iter::once(head).chain(rows).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_that_mean_something() {
        let texts = [0.25, 9.996, 12.34, 99.96, 1_234_567.0].map(figure);
        assert_eq!(texts, ["0.25", "10.0", "12.3", "100", "1,234,567"]);
        assert_eq!(thousands(100.0), "100");
    }

    #[test]
    fn a_table_has_a_column_for_each_name() {
        let text = table(&["server", "µs"], &[vec!["node".to_owned(), "5.8".to_owned()]]);
        assert_eq!(text, "| server | µs |\n|---|---:|\n| node | 5.8 |\n");
    }
}
