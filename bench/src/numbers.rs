//! Numbers as a report needs them.

use std::time::Duration;

/// Counts are far below what a float holds exactly.
#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^53")]
pub(crate) fn float(count: u64) -> f64 {
    count as f64
}

/// Microseconds of `time` per each of `count`; nothing when there were none.
pub(crate) fn microseconds_each(time: Duration, count: u64) -> Option<f64> {
    (count > 0).then(|| time.as_secs_f64() * 1e6 / float(count))
}

/// The one in the middle; the lower one of two.
pub(crate) fn median<T>(mut values: Vec<T>, by: impl Fn(&T) -> f64) -> Option<T> {
    values.sort_by(|one, other| by(one).total_cmp(&by(other)));
    let middle = values.len().checked_sub(1)? / 2;
    Some(values.swap_remove(middle))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_one_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 2.0], |value| *value), Some(2.0));
        assert_eq!(median(vec![2.0, 1.0], |value| *value), Some(1.0));
        assert_eq!(median(Vec::<f64>::new(), |value| *value), None);
    }
}
