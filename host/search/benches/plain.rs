//! The baseline: BM25 over single characters, in memory, with the usual constants.

use std::collections::{BTreeMap, HashMap};

const K1: f32 = 1.2;
const B: f32 = 0.75;

#[derive(Default)]
pub(crate) struct Plain {
    places: HashMap<char, Vec<(u32, u16)>>,
    lengths: Vec<u32>,
}

impl Plain {
    pub(crate) fn add(&mut self, text: &str) {
        let document = self.lengths.len() as u32;
        let mut counts: BTreeMap<char, u16> = BTreeMap::new();
        let mut length = 0;
        for c in text.chars().filter(|c| c.is_alphanumeric()) {
            let count = counts.entry(c).or_default();
            *count = count.saturating_add(1);
            length += 1;
        }
        for (c, count) in counts {
            self.places.entry(c).or_default().push((document, count));
        }
        self.lengths.push(length);
    }

    /// The best documents of a question.
    pub(crate) fn search(&self, question: &str, most: usize) -> Vec<usize> {
        let count = self.lengths.len() as f32;
        let mean = self
            .lengths
            .iter()
            .map(|length| u64::from(*length))
            .sum::<u64>() as f32
            / count;
        let mut scores = vec![0_f32; self.lengths.len()];
        for c in question.chars().filter(|c| c.is_alphanumeric()) {
            let Some(places) = self.places.get(&c) else {
                continue;
            };
            let found = places.len() as f32;
            let rarity = (1.0 + (count - found + 0.5) / (found + 0.5)).ln();
            for (document, times) in places {
                let document = *document as usize;
                let (Some(score), Some(length)) =
                    (scores.get_mut(document), self.lengths.get(document))
                else {
                    continue;
                };
                let times = f32::from(*times);
                let norm = K1 * (1.0 - B + B * *length as f32 / mean);
                *score += rarity * times * (K1 + 1.0) / (times + norm);
            }
        }
        let mut order: Vec<(usize, f32)> = scores.into_iter().enumerate().collect();
        let by_score =
            |a: &(usize, f32), b: &(usize, f32)| b.1.total_cmp(&a.1).then_with(|| a.0.cmp(&b.0));
        if order.len() > most && most > 0 {
            order.select_nth_unstable_by(most - 1, by_score);
        }
        order.truncate(most);
        order.sort_by(by_score);
        order.into_iter().map(|(document, _)| document).collect()
    }
}
