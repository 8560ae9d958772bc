//! Averages over the items of a task. Some measures have no value for some items (F1 where nothing
//! is and is said to be present), and a mean over other items is another number: the judged network
//! and the guess are averaged over the items of which both have a value, others over those of these
//! that they have.

use super::types::Who;
use crate::measure::estimate::MEASURES;

/// The figures of a predictor: its items, their average, and for points whole faces.
pub type Rows = Vec<[f64; MEASURES]>;

/// Makes the averages of all predictors of a task anew; over how many items each is.
pub fn average_alike(predictors: &mut [Rows], who: &[Who], items: usize) -> Vec<[usize; MEASURES]> {
    let mut counts = vec![[0; MEASURES]; predictors.len()];
    for m in 0..MEASURES {
        let has = |rows: &Rows, i: usize| rows[i][m].is_finite();
        let shared: Vec<bool> = (0..items)
            .map(|i| {
                let mut both = predictors.iter().zip(who);
                both.all(|(rows, who)| {
                    // Who says nothing of all items takes none from the others.
                    *who == Who::File || has(rows, i) || !(0..items).any(|i| has(rows, i))
                })
            })
            .collect();
        for (rows, count) in predictors.iter_mut().zip(&mut counts) {
            let own = (0..items).filter(|&i| shared[i]).map(|i| rows[i][m]);
            let own: Vec<f64> = own.filter(|v| v.is_finite()).collect();
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
        let who = [Who::Network, Who::Guess, Who::File];
        let counts = average_alike(&mut all, &who, 3);
        assert_eq!(counts, [[2; MEASURES], [2; MEASURES], [1; MEASURES]]);
        let averages = all.each_ref().map(|rows| rows[3][2]);
        assert_eq!(averages, [60.0, 15.0, 60.0]);
        // A guess about nothing leaves the network its own items.
        let mut all = [rows([40.0, NO, 80.0, 7.0]), rows([NO, NO, NO, 7.0])];
        let counts = average_alike(&mut all, &[Who::Network, Who::Guess], 3);
        assert_eq!(counts, [[2; MEASURES], [0; MEASURES]]);
        assert!(all[0][3][0] == 60.0 && all[1][3][0].is_nan());
    }
}
