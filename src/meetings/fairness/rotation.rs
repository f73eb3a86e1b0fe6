//! Which hours a year's meetings are held at, so that no clock always bears the night.
//!
//! In: what each meeting would cost a person of each clock at each hour, and what that person has borne already
//! (the ledger). Out: the best single hour for all meetings, and a rotation. Better means, in this order:
//! the clock that bears the most bears less; then the second, and so on down; then less for all people together; then
//! hours that stand earlier in the list of candidates. So the same question has the same answer every time.
//!
//! # Why
//! * The worst-off first, whatever their number: counted by heads, two people in Auckland would be awake each time.
//!   Hours at which too many sleep are no candidates at all; that is the caller's `most_asleep_percent`.
//! * Exchange of one hour, then of two at once, from a greedy start and from the best single hour: with five meetings
//!   and a day of hours it is done in milliseconds, where trying all would be eight million plans. It may miss the
//!   very best plan, but never by being worse than the best single hour, which is one of its starts.

use super::measure::Cost;

/// What meetings cost: `costs[meeting][hour][clock]`, for one person of that clock.
#[derive(Clone, Debug)]
pub struct Question<'a> {
    pub costs: &'a [Vec<Vec<Cost>>],
    /// How many people live by each clock.
    pub heads: &'a [i64],
    /// What a person of each clock has borne before.
    pub borne: &'a [Cost],
}

/// An hour for each meeting, and what each clock has borne after them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub hours: Vec<usize>,
    pub burdens: Vec<Cost>,
}

impl Plan {
    pub fn worst(&self) -> Cost {
        self.burdens.iter().max().copied().unwrap_or_default()
    }
}

#[derive(Clone, Debug)]
pub struct Proposal {
    /// The best single hour.
    pub fixed: Plan,
    /// Never worse for the worst-off than `fixed`; the same plan where no other is fairer.
    pub rotation: Plan,
}

/// Meetings up to this number have two hours exchanged at once.
const PAIRS_UP_TO: usize = 6;

/// `None` where there is nothing to choose: no meeting, or no hour.
pub fn propose(question: &Question<'_>) -> Option<Proposal> {
    let hours = question.costs.first()?.len();
    let meetings = question.costs.len();
    let fixed = (0..hours)
        .map(|hour| question.plan(vec![hour; meetings]))
        .min_by_key(|plan| question.score(plan))?;
    let rotation = [question.better(fixed.clone()), question.better(question.greedy(hours))]
        .into_iter()
        .min_by_key(|plan| question.score(plan))?;
    Some(Proposal { fixed, rotation })
}

/// Less is better.
type Score = (Vec<Cost>, Cost, Vec<usize>);

impl Question<'_> {
    fn plan(&self, hours: Vec<usize>) -> Plan {
        let mut burdens = self.borne.to_vec();
        for (meeting, hour) in hours.iter().enumerate() {
            for (burden, cost) in burdens.iter_mut().zip(&self.costs[meeting][*hour]) {
                *burden += cost;
            }
        }
        Plan { hours, burdens }
    }

    fn score(&self, plan: &Plan) -> Score {
        let mut falling = plan.burdens.clone();
        falling.sort_unstable_by(|a, b| b.cmp(a));
        let all = plan
            .burdens
            .iter()
            .zip(self.heads)
            .map(|(burden, heads)| burden * heads)
            .sum();
        (falling, all, plan.hours.clone())
    }

    /// Each meeting in turn at the hour that is best after those before it.
    fn greedy(&self, hours: usize) -> Plan {
        let mut chosen: Vec<usize> = Vec::new();
        for _ in self.costs {
            let best = (0..hours).min_by_key(|hour| {
                let so_far: Vec<usize> = chosen.iter().copied().chain([*hour]).collect();
                self.score(&self.plan(so_far))
            });
            chosen.push(best.unwrap_or_default());
        }
        self.plan(chosen)
    }

    /// Exchanges hours for as long as that makes the plan better.
    fn better(&self, mut plan: Plan) -> Plan {
        let mut score = self.score(&plan);
        loop {
            let next = self
                .best_of(self.single_changes(&plan))
                .filter(|(better, _)| *better < score);
            let next = match next {
                None if plan.hours.len() <= PAIRS_UP_TO => self
                    .best_of(self.double_changes(&plan))
                    .filter(|(better, _)| *better < score),
                next => next,
            };
            match next {
                Some(next) => (score, plan) = next,
                None => return plan,
            }
        }
    }

    fn best_of(&self, plans: impl Iterator<Item = Vec<usize>>) -> Option<(Score, Plan)> {
        plans
            .map(|hours| self.plan(hours))
            .map(|plan| (self.score(&plan), plan))
            .min_by(|a, b| a.0.cmp(&b.0))
    }

    fn single_changes<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = Vec<usize>> + 'p {
        (0..plan.hours.len()).flat_map(move |at| {
            (0..self.costs[at].len()).map(move |hour| {
                let mut hours = plan.hours.clone();
                hours[at] = hour;
                hours
            })
        })
    }

    fn double_changes<'p>(&'p self, plan: &'p Plan) -> impl Iterator<Item = Vec<usize>> + 'p {
        let pairs = (0..plan.hours.len()).flat_map(move |a| (0..a).map(move |b| (a, b)));
        pairs.flat_map(move |(a, b)| {
            (0..self.costs[a].len()).flat_map(move |first| {
                (0..self.costs[b].len()).map(move |second| {
                    let mut hours = plan.hours.clone();
                    (hours[a], hours[b]) = (first, second);
                    hours
                })
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn always(hours: &[&[Cost]], meetings: usize) -> Vec<Vec<Vec<Cost>>> {
        vec![hours.iter().map(|clocks| clocks.to_vec()).collect(); meetings]
    }

    #[test]
    fn worked_examples() {
        // Each hour wakes one of two clocks; four meetings wake each of them twice.
        let costs = always(&[&[10, 0], &[0, 10]], 4);
        let question = Question {
            costs: &costs,
            heads: &[200, 2],
            borne: &[0, 0],
        };
        let found = propose(&question).expect("a proposal");
        assert_eq!((found.fixed.worst(), found.rotation.worst()), (40, 20));
        assert_eq!(found.rotation.burdens, [20, 20]);
        // The second clock has been awake twice already: it is woken once, the first three times.
        let question = Question {
            costs: &costs,
            heads: &[200, 2],
            borne: &[0, 20],
        };
        let found = propose(&question).expect("a proposal");
        assert_eq!(found.rotation.burdens, [30, 30]);
        assert_eq!(found.fixed.burdens, [40, 20]);
        // An hour that is fair to everyone is kept all year.
        let costs = always(&[&[10, 0, 4], &[3, 3, 3], &[0, 10, 4]], 5);
        let question = Question {
            costs: &costs,
            heads: &[1, 1, 1],
            borne: &[0, 0, 0],
        };
        let found = propose(&question).expect("a proposal");
        assert_eq!(found.rotation, found.fixed);
        assert_eq!(found.rotation.hours, [1; 5]);
    }

    #[test]
    fn nothing_to_choose_is_no_proposal() {
        let none = Question {
            costs: &[],
            heads: &[1],
            borne: &[0],
        };
        assert!(propose(&none).is_none());
        let costs = vec![vec![]];
        let none = Question {
            costs: &costs,
            heads: &[1],
            borne: &[0],
        };
        assert!(propose(&none).is_none());
    }

    fn questions() -> impl Strategy<Value = (Vec<Vec<Vec<Cost>>>, Vec<i64>, Vec<Cost>)> {
        (1_usize..6, 1_usize..7, 1_usize..6).prop_flat_map(|(meetings, hours, clocks)| {
            (
                prop::collection::vec(
                    prop::collection::vec(prop::collection::vec(0_i64..900, clocks), hours),
                    meetings,
                ),
                prop::collection::vec(1_i64..200, clocks),
                prop::collection::vec(0_i64..5_000, clocks),
            )
        })
    }

    proptest! {
        #[test]
        fn the_rotations_worst_burden_is_never_above_the_best_fixed_hours((costs, heads, borne) in questions()) {
            let found = propose(&Question { costs: &costs, heads: &heads, borne: &borne }).expect("a proposal");
            // Counted here anew, by no code of the search.
            let after = |hours: &dyn Fn(usize) -> usize| -> Vec<Cost> {
                let of_clock = |clock: usize| {
                    let new: Cost = costs.iter().enumerate().map(|(at, by_hour)| by_hour[hours(at)][clock]).sum();
                    borne[clock] + new
                };
                (0..heads.len()).map(of_clock).collect()
            };
            let worst = |burdens: Vec<Cost>| burdens.into_iter().max().unwrap_or_default();
            let best_fixed = (0..costs[0].len()).map(|hour| worst(after(&|_| hour))).min().unwrap_or_default();
            let rotated = after(&|at| found.rotation.hours[at]);
            prop_assert_eq!(&rotated, &found.rotation.burdens);
            prop_assert_eq!(best_fixed, found.fixed.worst());
            prop_assert!(worst(rotated) <= best_fixed);
            // The same question has the same answer, and no exchange of one hour betters it.
            let again = propose(&Question { costs: &costs, heads: &heads, borne: &borne }).expect("a proposal");
            prop_assert_eq!(&again.rotation, &found.rotation);
            for (at, by_hour) in costs.iter().enumerate() {
                for hour in 0..by_hour.len() {
                    let exchanged = worst(after(&|m| if m == at { hour } else { found.rotation.hours[m] }));
                    prop_assert!(exchanged >= found.rotation.worst());
                }
            }
        }
    }
}
