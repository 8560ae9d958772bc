//! Averages over the items of a task. Some measures have no value for some items (F1 where nothing
//! is and is said to be present), and a mean over other items is another number: the judged network
//! and the guess are averaged over the items of which both have a value, others over those of these
//! that they have. An item that the network was never trained on has no value for this.

use super::types::Who;
use crate::measure::estimate::MEASURES;

/// The figures of a predictor: its items, their average, and for points whole faces.
pub type Rows = Vec<[f64; MEASURES]>;

/// Makes the averages of all predictors of a task anew; over how many items each is. `trained` says of
/// each item whether the network was trained on it.
pub fn average_alike(
    predictors: &mut [Rows],
    who: &[Who],
    trained: &[bool],
) -> Vec<[usize; MEASURES]> {
    let items = trained.len();
    let mut counts = vec![[0; MEASURES]; predictors.len()];
    for m in 0..MEASURES {
        let of = |who: Who, i: usize| who != Who::Network || trained[i];
        let has = |rows: &Rows, who: Who, i: usize| of(who, i) && rows[i][m].is_finite();
        let shared: Vec<bool> = (0..items)
            .map(|i| {
                let mut both = predictors.iter().zip(who);
                both.all(|(rows, who)| {
                    // Who says nothing of all items takes none from the others.
                    *who == Who::File
                        || has(rows, *who, i)
                        || !(0..items).any(|i| has(rows, *who, i))
                })
            })
            .collect();
        for ((rows, who), count) in predictors.iter_mut().zip(who).zip(&mut counts) {
            let own = (0..items).filter(|&i| shared[i] && has(rows, *who, i));
            let own: Vec<f64> = own.map(|i| rows[i][m]).collect();
            count[m] = own.len();
            // Of nothing it is not a number.
            rows[items][m] = own.iter().sum::<f64>() / own.len() as f64;
        }
    }
    counts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn network_and_guess_are_averaged_over_the_same_items() {
        const NO: f64 = f64::NAN;
        let rows = |values: [f64; 4]| -> Rows { values.iter().map(|v| [*v; MEASURES]).collect() };
        let mut all = [
            rows([40.0, 0.0, 80.0, 7.0]),
            rows([10.0, NO, 20.0, 7.0]),
            rows([NO, 50.0, 60.0, 7.0]),
        ];
        let who = [Who::Network, Who::Trivial, Who::File];
        let counts = average_alike(&mut all, &who, &[true; 3]);
        assert_eq!(counts, [[2; MEASURES], [2; MEASURES], [1; MEASURES]]);
        let averages = all.each_ref().map(|rows| rows[3][2]);
        assert_eq!(averages, [60.0, 15.0, 60.0]);
        // A guess about nothing leaves the network its own items.
        let mut all = [rows([40.0, NO, 80.0, 7.0]), rows([NO, NO, NO, 7.0])];
        let counts = average_alike(&mut all, &[Who::Network, Who::Trivial], &[true; 3]);
        assert_eq!(counts, [[2; MEASURES], [0; MEASURES]]);
        assert!(all[0][3][0] == 60.0 && all[1][3][0].is_nan());
    }

    #[test]
    fn what_the_network_was_never_trained_on_is_in_no_average() {
        let rows = |values: [f64; 4]| -> Rows { values.iter().map(|v| [*v; MEASURES]).collect() };
        let who = [Who::Network, Who::Trivial, Who::File];
        let all = || {
            [
                rows([40.0, 99.0, 80.0, 0.0]),
                rows([10.0, 99.0, 20.0, 0.0]),
                rows([20.0, 99.0, 60.0, 0.0]),
            ]
        };
        let mut some = all();
        let counts = average_alike(&mut some, &who, &[true, false, true]);
        assert_eq!(counts, [[2; MEASURES]; 3]);
        assert_eq!(some.map(|rows| rows[3][0]), [60.0, 15.0, 40.0]);
        // A task that it was not trained on at all leaves the others theirs.
        let mut none = all();
        let counts = average_alike(&mut none, &who, &[false; 3]);
        assert_eq!(counts, [[0; MEASURES], [3; MEASURES], [3; MEASURES]]);
        assert!(none[0][3][0].is_nan() && none[1][3][0] == 43.0);
    }
}
