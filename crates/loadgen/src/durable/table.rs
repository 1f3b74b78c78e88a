//! The figures side by side, for people.

use std::io::Write;

use anyhow::Result;

use super::{Case, Figures, MEMBERS_PER_ROOM, Options};
use crate::load::milliseconds;

pub(super) fn write(output: &mut impl Write, cases: &[Case], options: &Options) -> Result<()> {
    writeln!(
        output,
        "One sender in each room, and {MEMBERS_PER_ROOM} member; {} s for each figure, \
         median of {}.\n\
         The ceiling is the same server whose fsync does nothing.\n",
        options.lasting.as_secs_f64(),
        options.rounds,
    )?;
    writeln!(
        output,
        "{:>7} | {:>10} {:>10} {:>6} | {:>8} {:>8} {:>6} | {:>8} {:>8} {:>6} | {:>7} {:>7}",
        "senders",
        "durable/s",
        "ceiling/s",
        "ratio",
        "p50 ms",
        "ceiling",
        "ratio",
        "p99 ms",
        "ceiling",
        "ratio",
        "CPU us",
        "ceiling",
    )?;
    for case in cases {
        writeln!(output, "{}", row(case))?;
    }
    Ok(writeln!(
        output,
        "\np50 and p99 from when a message is due to its ack, at half of the durable rate on both."
    )?)
}

fn row(case: &Case) -> String {
    let Case { senders, durable, not_durable } = case;
    let ratio = |value: fn(&Figures) -> f64| value(durable) / value(not_durable).max(f64::EPSILON);
    let rate = |figures: &Figures| figures.per_second;
    let p50 = |figures: &Figures| milliseconds(figures.send_to_ack_us.p50);
    let p99 = |figures: &Figures| milliseconds(figures.send_to_ack_us.p99);
    let cpu = |figures: &Figures| figures.server_cpu_us_per_message;
    format!(
        "{senders:>7} | {:>10.0} {:>10.0} {:>6.2} | {:>8.3} {:>8.3} {:>6.2} \
         | {:>8.3} {:>8.3} {:>6.2} | {:>7.1} {:>7.1}",
        rate(durable),
        rate(not_durable),
        ratio(rate),
        p50(durable),
        p50(not_durable),
        ratio(p50),
        p99(durable),
        p99(not_durable),
        ratio(p99),
        cpu(durable),
        cpu(not_durable),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::load::Summary;

    #[test]
    fn a_row_sets_the_durable_server_against_its_ceiling() {
        let figures = |per_second, p50| Figures {
            per_second,
            send_to_ack_us: Summary { p50, p99: 2 * p50, ..Summary::default() },
            ..Figures::default()
        };
        let row = row(&Case {
            senders: 10,
            durable: figures(500.0, 1_500),
            not_durable: figures(1_000.0, 500),
        });
        let columns: Vec<_> = row.split_whitespace().filter(|column| *column != "|").collect();
        assert_eq!(&columns[..7], ["10", "500", "1000", "0.50", "1.500", "0.500", "3.00"]);
        assert_eq!(&columns[7..10], ["3.000", "1.000", "3.00"]);
    }
}
