//! One partner for each: the Hungarian method (H. Kuhn, 1955) in O(n³) by shortest augmenting paths.

/// Of n rows and columns the column of each row, no two the same, so that the sum of the gains is
/// largest. `gains` has n² finite numbers, row by row.
pub fn assigned(gains: &[f64], n: usize) -> Vec<usize> {
    // Rows and columns count from 1; 0 is where a path begins.
    let cost = |row: usize, column: usize| -gains[(row - 1) * n + column - 1];
    let (mut of_row, mut of_column) = (vec![0.0; n + 1], vec![0.0; n + 1]);
    let mut row_at = vec![0; n + 1];
    let mut from = vec![0; n + 1];
    for row in 1..=n {
        row_at[0] = row;
        let mut column = 0;
        let mut slack = vec![f64::INFINITY; n + 1];
        let mut visited = vec![false; n + 1];
        // The shortest way to a column that is still free.
        while row_at[column] != 0 {
            visited[column] = true;
            let here = row_at[column];
            let (mut least, mut next) = (f64::INFINITY, 0);
            for other in (1..=n).filter(|c| !visited[*c]) {
                let reduced = cost(here, other) - of_row[here] - of_column[other];
                if reduced < slack[other] {
                    (slack[other], from[other]) = (reduced, column);
                }
                if slack[other] < least {
                    (least, next) = (slack[other], other);
                }
            }
            for other in 0..=n {
                if visited[other] {
                    of_row[row_at[other]] += least;
                    of_column[other] -= least;
                } else {
                    slack[other] -= least;
                }
            }
            column = next;
        }
        // All along it hand their columns on.
        while column != 0 {
            row_at[column] = row_at[from[column]];
            column = from[column];
        }
    }
    let mut columns = vec![0; n];
    for column in 1..=n {
        columns[row_at[column] - 1] = column - 1;
    }
    columns
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn sum(gains: &[f64], columns: &[usize]) -> f64 {
        let n = columns.len();
        (0..n).map(|row| gains[row * n + columns[row]]).sum()
    }

    /// The largest sum over all ways.
    fn largest(gains: &[f64], n: usize, row: usize, taken: &mut Vec<bool>) -> f64 {
        if row == n {
            return 0.0;
        }
        let mut most = f64::MIN;
        for column in 0..n {
            if !taken[column] {
                taken[column] = true;
                most = most.max(gains[row * n + column] + largest(gains, n, row + 1, taken));
                taken[column] = false;
            }
        }
        most
    }

    #[test]
    fn the_best_of_each_gives_way_to_the_best_of_all() {
        // Taking the largest first would leave 0.
        assert_eq!(assigned(&[0.9, 0.8, 0.85, 0.0], 2), [1, 0]);
        assert!(assigned(&[], 0).is_empty());
        assert_eq!(assigned(&[-3.0], 1), [0]);
        assert_eq!(assigned(&[0.0; 9], 3).iter().sum::<usize>(), 3);
    }

    proptest! {
        #[test]
        fn no_other_assignment_gains_more(
            n in 1_usize..7,
            values in prop::collection::vec(-1.0_f64..1.0, 36)
        ) {
            let gains = &values[..n * n];
            let columns = assigned(gains, n);
            let mut sorted = columns.clone();
            sorted.sort_unstable();
            prop_assert_eq!(sorted, (0..n).collect::<Vec<_>>());
            let most = largest(gains, n, 0, &mut vec![false; n]);
            prop_assert!((sum(gains, &columns) - most).abs() < 1e-9);
        }
    }
}
